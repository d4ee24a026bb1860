package dev.heapwarden.e2e.demo;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A leaking Go service and its healthy twin under the same load, one policy each. Exits 0 only if the leak was found, evidenced,
 * isolated, treated and verified, and the twin was left alone.
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
   * Runs the demo on a cluster of its own, or on the one that {@code --keep} left.
   *
   * @param arguments the repository's root; the time the whole demo began, seconds since 1970
   */
  public static void main(String[] arguments) throws InterruptedException {
    var root = Path.of(arguments[0]);
    var console = new Console(System.out, Instant.ofEpochSecond(Long.parseLong(arguments[1])));
    console.say("starting the cluster");
    Outcome outcome;
    try (var cluster = Cluster.open()) {
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
    console.say("starting checkout (keeps every session in a map), its healthy twin catalog, and the same load on both");
    apply("programs.yaml");
    for (var name : List.of("checkout", "catalog", "load")) {
      client
          .apps()
          .deployments()
          .inNamespace(Outcome.NAMESPACE)
          .withName(name)
          .waitUntilReady(READY.toSeconds(), TimeUnit.SECONDS);
    }
    var healthyPods = Outcome.uids(client, "catalog");
    console.say("applying one MemoryPolicy each; from here on nobody helps");
    apply("policies.yaml");

    var incident = awaitEnd(new Unfolding(client, Outcome.NAMESPACE, console));
    var kubectl = new Kubectl(cluster.kubeconfig());
    console.plain("");
    console.plain("$ kubectl -n shop get memorypolicies,leakincidents,memorysnapshots");
    console.plain(kubectl.run("-n", Outcome.NAMESPACE, "get", "memorypolicies,leakincidents,memorysnapshots"));
    if (incident == null) {
      return new Outcome("demo: go=none/0/none site=- healthy-incidents=" + incidents("catalog").size(), List.of("no incident ended in time"));
    }
    var name = incident.getMetadata().getName();
    console.plain("Outcome: " + incident.getStatus().outcome());
    console.plain("");
    console.plain("Where to look next (with e2e/demo --keep):");
    console.plain("  kubectl -n shop get leakincident " + name + " -o yaml     # the finding, each step with its undo");
    console.plain("  kubectl -n shop get memorysnapshots -o yaml               # maps by size, growth and writer");
    console.plain("  kubectl -n shop get pods -L heapwarden.dev/quarantine     # the isolated pod, alive");
    console.plain("  kubectl -n shop patch leakincident " + name + " --type=merge -p '{\"spec\":{\"response\":{\"undo\":true}}}'");
    console.plain("");
    return Outcome.seen(client, incident, incidents("catalog").size(), healthyPods);
  }

  private @org.jspecify.annotations.Nullable LeakIncident awaitEnd(Unfolding unfolding) throws InterruptedException {
    var end = Instant.now().plus(DEADLINE);
    while (Instant.now().isBefore(end)) {
      for (var incident : unfolding.look()) {
        var status = incident.getStatus();
        if (status != null && status.phase() != null && status.phase().terminal()
            && incident.getSpec().target().name().equals("checkout")) {
          unfolding.look();
          return incident;
        }
      }
      TimeUnit.SECONDS.sleep(1);
    }
    return null;
  }

  private List<LeakIncident> incidents(String workload) {
    return client.resources(LeakIncident.class).inNamespace(Outcome.NAMESPACE).list().getItems().stream()
        .filter(incident -> incident.getSpec().target().name().equals(workload))
        .toList();
  }

  private void apply(String resource) {
    try (var manifest = Demo.class.getResourceAsStream("/demo/" + resource)) {
      client.load(manifest).serverSideApply();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
