package dev.heapwarden.e2e.demo;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import dev.heapwarden.e2e.scenario.Shop;
import dev.heapwarden.e2e.scenario.Twins;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A leaking Go service, a leaking Java service and their healthy twins under the same load, one
 * policy each. Exits 0 only if both leaks were found, evidenced, isolated, treated and verified,
 * the twins were left alone, and what was done to the Go service could be undone.
 */
public final class Demo {
  private static final String NAMESPACE = "shop";
  private static final Duration DEADLINE = Duration.ofMinutes(8);
  private static final Duration READY = Duration.ofMinutes(2);

  private final KubernetesClient client;
  private final Console console;

  private Demo(KubernetesClient client, Console console) {
    this.client = client;
    this.console = console;
  }

  /**
   * Runs the demo on a cluster of its own, or on the one that HEAPWARDEN_KUBECONFIG names.
   *
   * @param arguments the repository's root; the time the whole demo began, seconds since 1970
   */
  public static void main(String[] arguments) throws InterruptedException {
    var root = Path.of(arguments[0]);
    var console = new Console(System.out, Instant.ofEpochSecond(Long.parseLong(arguments[1])));
    console.say("starting the cluster");
    Outcome outcome;
    try (var cluster = Cluster.start()) {
      if (cluster.client().namespaces().withName(NAMESPACE).get() != null) {
        console.plain("error: a demo has been here: e2e/demo down removes the cluster");
        System.exit(1);
      }
      var demo = new Demo(cluster.client(), console);
      demo.install(root.resolve("manifests/install.yaml"));
      outcome = demo.run(cluster);
    }
    outcome.missing().forEach(missing -> console.plain("demo: not seen: " + missing));
    console.plain(outcome.lastLine());
    System.exit(outcome.missing().isEmpty() ? 0 : 1);
  }

  private void install(Path installYaml) {
    console.say("installing Heapwarden (manifests/install.yaml)");
    var installation = new Installation(client);
    installation.apply(installYaml);
    installation.awaitReady(READY);
  }

  private Outcome run(Cluster cluster) throws InterruptedException {
    console.say(
        "starting checkout (Go, keeps every session in a map) and its healthy twin catalog,");
    console.say("orders (Java, caches by a key without equals) and its healthy twin stock");
    var shops =
        List.of(new Shop(client, NAMESPACE, Twins.GO), new Shop(client, NAMESPACE, Twins.JAVA));
    shops.forEach(shop -> shop.open(READY));
    var before = shops.stream().map(shop -> shop.podUids(shop.twins().healthy())).toList();
    var undo = new Undo(shops.getFirst());
    console.say("applying one MemoryPolicy each; from here on nobody helps");
    shops.forEach(shop -> shop.govern("Enforce"));

    var unfolding = new Unfolding(shops.getFirst(), console);
    awaitEnd(shops, unfolding);
    console.plain("");
    console.plain("$ kubectl -n shop get memorypolicies,leakincidents,memorysnapshots");
    console.plain(
        Kubectl.with(cluster.kubeconfig())
            .run("-n", "shop", "get", "memorypolicies,leakincidents,memorysnapshots"));
    for (var shop : shops) {
      shop.incident()
          .map(LeakIncident::getStatus)
          .ifPresent(status -> console.plain("Outcome: " + status.outcome()));
    }
    var seen = Outcome.seen(shops, before);
    console.plain("");
    var outcome = seen.without(undo.ask(console, unfolding));
    console.plain(
        """

        Where to look next, after e2e/demo --keep and `export KUBECONFIG=$(e2e/cluster kubeconfig)`:
          kubectl -n shop get leakincidents -o yaml    # the findings, and each step with its undo
          kubectl -n shop get memorysnapshots -o yaml    # maps and classes by size and growth
          kubectl -n shop get pods -L heapwarden.dev/quarantine    # the isolated pods, alive
          kubectl -n shop patch leakincident NAME --type=merge -p '{"spec":{"response":{"undo":true}}}'
        """);
    return outcome;
  }

  private void awaitEnd(List<Shop> shops, Unfolding unfolding) throws InterruptedException {
    var end = Instant.now().plus(DEADLINE);
    while (Instant.now().isBefore(end)) {
      unfolding.look();
      if (shops.stream().allMatch(Demo::ended)) {
        unfolding.look();
        return;
      }
      TimeUnit.SECONDS.sleep(1);
    }
    console.say("not all ended within " + DEADLINE.toMinutes() + " minutes");
  }

  private static boolean ended(Shop shop) {
    return shop.incident()
        .map(LeakIncident::getStatus)
        .filter(status -> status != null && status.phase().terminal())
        .isPresent();
  }
}
