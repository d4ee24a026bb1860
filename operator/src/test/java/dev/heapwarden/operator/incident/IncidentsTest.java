package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.CHECKOUT;
import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static dev.heapwarden.operator.incident.Findable.healthy;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workloads;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against an API server that knows one incident. */
class IncidentsTest {
  private static final Duration HORIZON = Duration.ofHours(6);

  private final ApiServer server = new ApiServer(this::answer);
  private final List<String> said = new ArrayList<>();
  private final Incidents incidents =
      new Incidents(
          server.client(),
          _ -> List.of(opened()),
          new Workloads(server.client(), (_, _) -> Optional.empty()),
          (_, reason, message) -> said.add(reason.text() + ": " + message));
  private final List<LeakIncident> created = new ArrayList<>();
  private LeakIncident stored = opened();

  IncidentsTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void aLeakThatVanishedEndsItsIncidentInEveryMode(Mode mode) {
    evaluate(mode, HORIZON);

    assertThat(stored.getStatus().phase()).isEqualTo(Phase.RESOLVED);
    assertThat(stored.getStatus().outcome())
        .isEqualTo(
            "No growth beyond noise since 2026-03-01T12:00:00Z in any of 1 containers."
                + " Nothing was done about it.");
    assertThat(said).containsExactly("LeakResolved: " + stored.getStatus().outcome());
  }

  @Test
  void aLeakThatMayComeBackKeepsItsIncidentOpen() {
    evaluate(Mode.ENFORCE, HORIZON.minusMinutes(1));

    assertThat(stored.getStatus().phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void anIncidentThatIsRespondedToMeanwhileStaysOpen() {
    stored.setStatus(
        Serialization.unmarshal(
            Serialization.asJson(opened().getStatus()).replace("Open", "Isolating"),
            dev.heapwarden.crds.incident.LeakIncidentStatus.class));
    evaluate(Mode.ENFORCE, HORIZON);

    assertThat(stored.getStatus().phase()).isEqualTo(Phase.ISOLATING);
    assertThat(said).isEmpty();
  }

  @Test
  void ofSeveralContainersInAPodOnlyTheOneThatLeaksHasAnIncident() {
    evaluate(
        List.of(watched("checkout", healthy("a")), watched("proxy", confirmed("a", 100))),
        Mode.OBSERVE,
        Duration.ZERO);

    assertThat(created)
        .singleElement()
        .extracting(incident -> incident.getSpec().target().container())
        .isEqualTo("proxy");
  }

  private void evaluate(Mode mode, Duration later) {
    evaluate(List.of(watched("checkout", healthy("a"))), mode, later);
  }

  private void evaluate(List<WatchedContainer> containers, Mode mode, Duration later) {
    incidents.accept(
        new Evaluation(policy(respond(mode, 3, new Limits(3, 1))), containers, NOW.plus(later)));
  }

  private static WatchedContainer watched(String container, Assessment assessment) {
    var key = assessment.container();
    return new WatchedContainer(
        new ContainerKey(key.namespace(), key.pod(), key.podUid(), container, key.containerId()),
        CHECKOUT,
        false,
        new Sight.NoAgent(),
        assessment);
  }

  private Reply answer(String method, URI uri, String body) {
    if (method.equals("PUT")) {
      stored = Serialization.unmarshal(body, LeakIncident.class);
    } else if (method.equals("POST")) {
      created.add(Serialization.unmarshal(body, LeakIncident.class));
    }
    return Reply.ok(stored);
  }

  private static LeakIncident opened() {
    var shown = confirmed("a", 100);
    var target =
        new LeakIncidentSpec.Target(
            "Deployment", "checkout", "uid-checkout", "checkout", "checkout", 1);
    var incident = new LeakIncident();
    incident.getMetadata().setNamespace("shop");
    incident.getMetadata().setName("leak-1");
    incident.getMetadata().setResourceVersion("1");
    incident.setSpec(new LeakIncidentSpec(target, LeakIncidentSpec.Response.none()));
    incident.setStatus(
        StatusText.opened(target, Findings.of(shown, List.of(shown)), "", "It grows.", null, NOW));
    return incident;
  }
}
