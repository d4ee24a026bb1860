package dev.heapwarden.e2e.demo;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A leaking Go service and its healthy twin under the same load, one policy each. Exits 0 only if
 * the leak was found, evidenced, isolated, treated and verified, and the twin was left alone.
 */
public final class Demo {
  private static final Duration DEADLINE = Duration.ofMinutes(6);
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
        "starting checkout (keeps every session in a map), its healthy twin catalog, and the same load on both");
    var shop = new Shop(client, "shop");
    shop.open(READY);
    var healthyPods = shop.podUids(Shop.HEALTHY);
    console.say("applying one MemoryPolicy each; from here on nobody helps");
    shop.govern("Enforce");

    var incident = awaitEnd(shop);
    console.plain("");
    console.plain("$ kubectl -n shop get memorypolicies,leakincidents,memorysnapshots");
    console.plain(
        Kubectl.with(cluster.kubeconfig())
            .run("-n", shop.namespace(), "get", "memorypolicies,leakincidents,memorysnapshots"));
    if (incident == null) {
      return new Outcome(
          "demo: go=none/0/none site=- healthy-incidents=" + shop.incidents(Shop.HEALTHY).size(),
          List.of("no incident ended within " + DEADLINE.toMinutes() + " minutes"));
    }
    var name = incident.getMetadata().getName();
    console.plain("Outcome: " + incident.getStatus().outcome());
    console.plain(
        """

        Where to look next, after e2e/demo --keep and `export KUBECONFIG=$(e2e/cluster kubeconfig)`:
          kubectl -n shop get leakincident %s -o yaml    # the finding, and each step with its undo
          kubectl -n shop get memorysnapshots -o yaml    # maps by size, growth and writer
          kubectl -n shop get pods -L heapwarden.dev/quarantine    # the isolated pod, alive
          kubectl -n shop patch leakincident %s --type=merge -p '{"spec":{"response":{"undo":true}}}'
        """
            .formatted(name, name));
    return Outcome.seen(shop, incident, healthyPods);
  }

  private @Nullable LeakIncident awaitEnd(Shop shop) throws InterruptedException {
    var unfolding = new Unfolding(shop, console);
    var end = Instant.now().plus(DEADLINE);
    while (Instant.now().isBefore(end)) {
      unfolding.look();
      var ended =
          shop.incidents(Shop.LEAKING).stream()
              .filter(
                  incident ->
                      incident.getStatus() != null && incident.getStatus().phase().terminal())
              .findFirst();
      if (ended.isPresent()) {
        unfolding.look();
        return ended.get();
      }
      TimeUnit.SECONDS.sleep(1);
    }
    return null;
  }
}
