package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.CHECKOUT;
import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.LeakIncidentStatus.Predecessor;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A leak comes back: its first episode was rolled back a day ago, its second one too. */
class PredecessorTest {
  private final ApiServer server = new ApiServer(this::answer);
  private final List<LeakIncident> known = new ArrayList<>(List.of(ended(1), ended(2)));
  private final List<Reason> told = new ArrayList<>();
  private final Incidents incidents =
      new Incidents(
          server.client(),
          _ -> known,
          new Workloads(server.client(), (_, _) -> Optional.empty()),
          (_, reason, _) -> told.add(reason));
  private @Nullable LeakIncident stored;

  PredecessorTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theNextIncidentNamesTheOneBeforeWithWhatIsKnownOfIt() {
    evaluate();

    assertThat(status().predecessor())
        .isEqualTo(
            new Predecessor("leak-2", "RolledBack", "main.handle", "undone: it did not help"));
    assertThat(status().timeline())
        .last()
        .satisfies(
            line -> {
              assertThat(line.reason()).isEqualTo("LeakRecurred");
              assertThat(line.message())
                  .isEqualTo("episode 3 of this leak; leak-2 ended RolledBack");
            });
    assertThat(told).containsExactly(Reason.LEAK_CONFIRMED, Reason.LEAK_RECURRED);
  }

  @Test
  void anOperatorThatStoppedBeforeItWroteThatWritesItLater() {
    stored = new LeakIncident();
    stored.setMetadata(ended(3).getMetadata());
    stored.setSpec(ended(3).getSpec());
    known.add(stored);
    evaluate();

    assertThat(status().predecessor())
        .extracting(Predecessor::name)
        .as("of all that came before the last")
        .isEqualTo("leak-2");
  }

  private LeakIncidentStatus status() {
    return java.util.Objects.requireNonNull(stored, "no incident").getStatus();
  }

  private void evaluate() {
    var leaking = confirmed("a", 100);
    var container =
        new WatchedContainer(leaking.container(), CHECKOUT, false, new Sight.NoAgent(), leaking);
    incidents.accept(
        new Evaluation(
            policy(respond(Mode.ENFORCE, 3, new Limits(3, 1))), List.of(container), NOW));
  }

  private Reply answer(String method, URI uri, String body) {
    if (!method.equals("GET")) {
      stored = Serialization.unmarshal(body, LeakIncident.class);
    }
    return stored == null ? Reply.list() : Reply.ok(stored);
  }

  private static LeakIncident ended(int episode) {
    var target =
        new LeakIncidentSpec.Target(
            CHECKOUT.kind(), CHECKOUT.name(), CHECKOUT.uid(), "checkout", "checkout", episode);
    var incident = new LeakIncident();
    incident.getMetadata().setNamespace("shop");
    incident.getMetadata().setName("leak-" + episode);
    incident.getMetadata().setResourceVersion("1");
    incident.setSpec(new LeakIncidentSpec(target, LeakIncidentSpec.Response.none()));
    var opened = StatusText.opened(target, null, "", "It grows.", null, NOW);
    incident.setStatus(
        new LeakIncidentStatus(
            opened.workload(),
            opened.container(),
            opened.verdict(),
            opened.layer(),
            opened.growth(),
            opened.limitIn(),
            "main.handle",
            3,
            Phase.ROLLED_BACK,
            null,
            null,
            null,
            List.of(),
            List.of(),
            opened.openedAt(),
            NOW.minus(Duration.ofDays(1)).toString(),
            "undone: it did not help"));
    return incident;
  }
}
