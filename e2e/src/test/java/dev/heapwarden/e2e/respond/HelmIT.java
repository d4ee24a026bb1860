package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.OwnGroup;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Helm;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An installation by Helm for one namespace; other tests go on in theirs meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class HelmIT {
  private static final String RELEASE = "heapwarden";
  private static final String OWN = "helm-it-system";
  private static final String WATCHED = "helm-it";
  private static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  private static final Path CHART = ROOT.resolve("manifests/chart");

  /** Helm installs CRDs only where there are none, and there are those of the other tests. */
  private static final OwnGroup GROUP = new OwnGroup("helm.test.heapwarden.dev");

  @TempDir private Path chart;

  private final KubernetesClient client;
  private final Helm helm = new Helm(ROOT.resolve("e2e/helm"));
  private final Kubectl kubectl;

  HelmIT(Cluster cluster) {
    this.client = cluster.client();
    this.kubectl = Kubectl.with(cluster.kubeconfig());
  }

  @BeforeEach
  void copyTheChart() throws IOException {
    var crds = CHART.resolve("crds");
    try (var files = Files.walk(CHART)) {
      for (var file : files.skip(1).toList()) {
        if (file.startsWith(crds) && Files.isRegularFile(file)) {
          GROUP.copy(file, chart.resolve("crds"));
        } else {
          Files.copy(file, chart.resolve(CHART.relativize(file)));
        }
      }
    }
  }

  @AfterEach
  void close() {
    if (isInstalled()) {
      helm("uninstall", RELEASE, "--no-hooks");
    }
    GROUP.delete(client);
    client.namespaces().withName(OWN).delete();
    client.namespaces().withName(WATCHED).delete();
  }

  @Test
  void whatHelmInstallsItCanUpgradeAndTakeAwayWithAllThatWasDone() {
    // How CRDs are upgraded: Helm only installs them.
    kubectl.run(
        "apply",
        "--server-side",
        "--force-conflicts",
        "--filename",
        CHART.resolve("crds").toString());
    var shop = Shop.open(client, WATCHED, "Deployment", "");
    var before = shop.environment();
    act(shop);
    assertThat(shop.environment()).containsKey("GOMEMLIMIT");
    assertThat(quarantined(shop)).isNotEmpty();

    assertThat(GROUP.crds(client)).isEmpty();
    install();
    assertThat(GROUP.crds(client)).hasSize(3);
    assertThat(operators(OWN)).isEqualTo(2);
    helm(chart("upgrade", "--reuse-values", "--set", "operator.incidentRetention=48h"));
    assertThat(kubectl.run("-n", OWN, "get", "deployment/heapwarden-operator", "--output=yaml"))
        .contains("value: 48h");

    helm("uninstall", RELEASE, "--wait", "--timeout", "2m");

    assertThat(shop.environment()).isEqualTo(before);
    assertThat(quarantined(shop)).isEmpty();
    var incident = incident();
    assertThat(incident.getFinalizers()).isEmpty();
    assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
    Shop.within(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(left()).isEmpty());
    assertThat(shop.managedBy(Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName()))
        .isFalse();

    assertThat(GROUP.crds(client)).as("what users wrote is theirs").hasSize(3);
    install("--set", "levels={1}");
    assertThat(client.configMaps().inNamespace(OWN).withName("heapwarden-uninstall").get())
        .as("what keeps the operator from beginning anything")
        .isNull();
    Shop.within(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(conditions())
                    .as("a policy that asks for more than was installed")
                    .contains("LevelsInstalled=False"));
    helm("uninstall", RELEASE, "--wait", "--timeout", "2m");
  }

  /** Isolates a pod and patches the Deployment, as an earlier operator would have. */
  private void act(Shop shop) {
    var policy = Leak.enforced(3);
    policy.getMetadata().setNamespace(WATCHED);
    var created = client.resources(MemoryPolicy.class).resource(policy).create();
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incident = Leak.ofCheckout(shop, "Deployment", leaking);
    var open = incident.getStatus();
    incident = client.resource(incident).create();
    incident.setStatus(open);
    client.resource(incident).updateStatus();
    var response = Responses.of(client, new KubernetesIncidents(client), InstantSource.system());
    Shop.within(Duration.ofMinutes(1))
        .until(
            () -> {
              response.advance(incident(), Optional.of(created));
              return isDone("Isolate") && isDone("PatchEnvironment");
            });
  }

  private boolean isDone(String action) {
    return status().steps().stream()
        .anyMatch(step -> step.action().equals(action) && step.state() == Step.State.DONE);
  }

  private List<String> conditions() {
    return client.resources(MemoryPolicy.class).inNamespace(WATCHED).list().getItems().stream()
        .flatMap(policy -> Stream.ofNullable(policy.getStatus()))
        .flatMap(status -> status.conditions().stream())
        .map(condition -> condition.getType() + "=" + condition.getStatus())
        .toList();
  }

  private LeakIncident incident() {
    return client.resources(LeakIncident.class).inNamespace(WATCHED).list().getItems().getFirst();
  }

  private LeakIncidentStatus status() {
    return incident().getStatus();
  }

  private static List<String> quarantined(Shop shop) {
    return shop
        .client()
        .pods()
        .inNamespace(WATCHED)
        .withLabel(Api.QUARANTINE_LABEL)
        .list()
        .getItems()
        .stream()
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }

  /** What is of Heapwarden in both namespaces and the cluster; CRDs and Events apart. */
  private List<String> left() {
    var left = new ArrayList<String>();
    left.addAll(all("true", "-n", OWN));
    left.removeAll(List.of("configmap/kube-root-ca.crt", "serviceaccount/default"));
    left.addAll(all("true", "-n", WATCHED, "--selector=app.kubernetes.io/name=heapwarden"));
    left.addAll(
        all("false", "--selector=app.kubernetes.io/name=heapwarden").stream()
            .filter(name -> name.contains(OWN))
            .toList());
    return left;
  }

  private List<String> all(String namespaced, String... arguments) {
    var kinds =
        kubectl
            .run("api-resources", "--namespaced=" + namespaced, "--verbs=list", "--output=name")
            .lines()
            .filter(kind -> !kind.startsWith("events") && !kind.startsWith("componentstatuses"))
            .collect(Collectors.joining(","));
    var command = new ArrayList<>(List.of("get", kinds, "--output=name", "--ignore-not-found"));
    command.addAll(List.of(arguments));
    return kubectl
        .run(command.toArray(String[]::new))
        .lines()
        .filter(line -> !line.startsWith("Warning:"))
        .toList();
  }

  private void install(String... more) {
    helm(
        chart(
            "install",
            Stream.concat(Stream.of("--create-namespace"), Stream.of(more))
                .toArray(String[]::new)));
  }

  private String[] chart(String command, String... more) {
    var arguments = new ArrayList<>(List.of(command, RELEASE, chart.toString()));
    arguments.addAll(
        List.of("--set", "watchNamespaces={" + WATCHED + "}", "--wait", "--timeout", "2m"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private boolean isInstalled() {
    return helm("list", "--short").lines().anyMatch(RELEASE::equals);
  }

  private String helm(String... arguments) {
    var command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--namespace", OWN, "--kubeconfig", kubectl.kubeconfig().toString()));
    return helm.run(command.toArray(String[]::new));
  }

  private int operators(String namespace) {
    var deployment =
        client.apps().deployments().inNamespace(namespace).withName(Installation.OPERATOR).get();
    return deployment == null ? 0 : deployment.getSpec().getReplicas();
  }
}
