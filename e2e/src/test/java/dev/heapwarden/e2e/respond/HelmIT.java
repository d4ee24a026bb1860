package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What Helm installs, with a leak that was answered. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class HelmIT {
  private static final String WATCHED = "helm-it";

  private final KubernetesClient client;
  private final HelmRelease release;

  HelmIT(Cluster cluster, @TempDir Path chart) throws IOException {
    client = cluster.client();
    release = HelmRelease.of(cluster, WATCHED, chart);
  }

  @AfterEach
  void close() {
    release.close();
  }

  @Test
  void whatHelmInstallsItCanUpgradeAndTakeAwayWithAllThatWasDone() {
    var shop = Shop.open(client, WATCHED, "Deployment", "");
    var before = shop.environment();
    act(shop);
    assertThat(shop.environment()).containsKey("GOMEMLIMIT");
    assertThat(quarantined(shop)).isNotEmpty();

    assertThat(release.group().crds(client)).isEmpty();
    release.install();
    assertThat(release.group().crds(client)).hasSize(3);
    assertThat(operators()).isEqualTo(2);
    release.upgrade("--reuse-values", "--set", "operator.incidentRetention=48h");
    assertThat(get("deployment/heapwarden-operator", "--output=yaml")).contains("value: 48h");

    release.uninstall();

    assertThat(shop.environment()).isEqualTo(before);
    assertThat(quarantined(shop)).isEmpty();
    var incident = incident();
    assertThat(incident.getFinalizers()).isEmpty();
    assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
    Shop.within(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(left()).isEmpty());
    assertThat(shop.managedBy(Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName()))
        .isFalse();
    assertThat(release.group().crds(client)).as("what users wrote is theirs").hasSize(3);
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
    left.addAll(all("true", "-n", release.namespace()));
    left.removeAll(List.of("configmap/kube-root-ca.crt", "serviceaccount/default"));
    left.addAll(all("true", "-n", WATCHED, "--selector=app.kubernetes.io/name=heapwarden"));
    left.addAll(
        all("false", "--selector=app.kubernetes.io/name=heapwarden").stream()
            .filter(name -> name.contains(release.namespace()))
            .toList());
    return left;
  }

  private List<String> all(String namespaced, String... arguments) {
    var kinds =
        release
            .kubectl()
            .run("api-resources", "--namespaced=" + namespaced, "--verbs=list", "--output=name")
            .lines()
            .filter(kind -> !kind.startsWith("events") && !kind.startsWith("componentstatuses"))
            .collect(Collectors.joining(","));
    var command = new ArrayList<>(List.of("get", kinds, "--output=name", "--ignore-not-found"));
    command.addAll(List.of(arguments));
    return kubectl(command.stream()).lines().filter(line -> !line.startsWith("Warning:")).toList();
  }

  private String get(String... arguments) {
    return kubectl(
        Stream.concat(Stream.of("-n", release.namespace(), "get"), Stream.of(arguments)));
  }

  private String kubectl(Stream<String> arguments) {
    return release.kubectl().run(arguments.toArray(String[]::new));
  }

  private int operators() {
    return client
        .apps()
        .deployments()
        .inNamespace(release.namespace())
        .withName(Installation.OPERATOR)
        .require()
        .getSpec()
        .getReplicas();
  }
}
