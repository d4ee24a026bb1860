package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Killing a process of ours loses no incident, repeats no action, and leaves no probe behind. */
@Isolated("one product, and both cores")
@Order(30)
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashIT {
  private final KubernetesClient client;
  private final Shop shop;

  CrashIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "leak-crash");
  }

  @BeforeAll
  void open() {
    shop.open(Duration.ofMinutes(2));
    shop.govern("Enforce");
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  @Order(1)
  void aKilledAgentLeavesNoBpftraceBehindAndComesBack() {
    await("probes attached").atMost(Duration.ofMinutes(2)).until(this::everythingIsAttached);
    var agent = processes("dev.heapwarden.probes.AgentMain");
    var probes = bpftrace();
    assertThat(agent).as("the agent's process, seen from the node").hasSize(1);
    assertThat(probes).isNotEmpty();

    agent.forEach(ProcessHandle::destroyForcibly);

    await("the probes of the killed agent gone")
        .atMost(Duration.ofSeconds(10))
        .until(() -> probes.stream().noneMatch(ProcessHandle::isAlive));
    await("a new agent with probes of its own")
        .atMost(Duration.ofMinutes(2))
        .until(() -> bpftrace().size() == 1 && everythingIsAttached());
  }

  @Test
  @Order(2)
  void anOperatorKilledBetweenIntentAndOutcomeActsOnce() {
    var killedAt = new HashSet<String>();
    await("an incident that ended")
        .atMost(Duration.ofMinutes(6))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              var incident = shop.incident();
              incident
                  .flatMap(CrashIT::intended)
                  .map(Step::action)
                  .filter(killedAt::add)
                  .ifPresent(_ -> killOperator());
              return incident.map(Incidents::ended).orElse(false);
            });
    assertThat(killedAt)
        .as("steps at whose intent the operator was killed")
        .hasSizeGreaterThanOrEqualTo(2);

    assertThat(
            shop.client()
                .resources(MemorySnapshot.class)
                .inNamespace(shop.namespace())
                .list()
                .getItems())
        .extracting(snapshot -> snapshot.getMetadata().getName())
        .satisfiesExactlyInAnyOrder(
            name -> assertThat(name).endsWith("-l1"), name -> assertThat(name).endsWith("-l3"));
    assertThat(
            client
                .pods()
                .inNamespace(shop.namespace())
                .withLabel(Api.QUARANTINE_LABEL)
                .list()
                .getItems())
        .hasSize(1);
    assertThat(
            client
                .apps()
                .deployments()
                .inNamespace(shop.namespace())
                .withName(Shop.LEAKING)
                .require()
                .getSpec()
                .getReplicas())
        .isEqualTo(3);
    assertThat(shop.incidents(Shop.LEAKING)).hasSize(1);
    assertThat(shop.incident().orElseThrow().getStatus().steps())
        .extracting(Step::action)
        .doesNotHaveDuplicates();
  }

  private static java.util.Optional<Step> intended(LeakIncident incident) {
    return incident.getStatus() == null
        ? java.util.Optional.empty()
        : incident.getStatus().steps().stream()
            .filter(step -> step.state() == Step.State.INTENDED && step.level() > 1)
            .findFirst();
  }

  private void killOperator() {
    client
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .withGracePeriod(0)
        .delete();
  }

  private boolean everythingIsAttached() {
    var policy =
        client
            .resources(MemoryPolicy.class)
            .inNamespace(shop.namespace())
            .withName(Shop.LEAKING)
            .require();
    var status = policy.getStatus();
    return status != null && status.containers() == 2 && status.attached() == 2;
  }

  private static Set<ProcessHandle> bpftrace() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .command()
                    .map(command -> command.endsWith("/bpftrace"))
                    .orElse(false))
        .collect(Collectors.toSet());
  }

  private static List<ProcessHandle> processes(String argument) {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process.info().command().map(command -> command.endsWith("/java")).orElse(false)
                    && process
                        .info()
                        .arguments()
                        .map(arguments -> List.of(arguments).contains(argument))
                        .orElse(false))
        .toList();
  }
}
