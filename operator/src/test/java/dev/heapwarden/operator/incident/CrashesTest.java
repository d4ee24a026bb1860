package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Crash;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.Workloads;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A bare pod, of which container checkout leaks since noon; a snapshot was taken a minute later.
 */
class CrashesTest {
  private static final Instant CRASHED = NOW.plusSeconds(300);

  private final ApiServer server = new ApiServer(this::answer);
  private final List<String> said = new ArrayList<>();
  private final Crashes crashes =
      new Crashes(
          new IncidentWriter(server.client()),
          new CrashLogs(server.client()),
          new Workloads(server.client(), (_, _) -> Optional.empty()),
          (about, reason, message) ->
              said.add("%s %s: %s".formatted(about.getKind(), reason.text(), message)));
  private final List<MemorySnapshot> ordered = new ArrayList<>();
  private boolean isOrdered;
  private LeakIncident stored = incident(NOW);

  CrashesTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void whatAKilledContainerLeftIsOnItsIncident() {
    evaluate(pod("OOMKilled", 137, ""), stored);

    assertThat(stored.getStatus().crashes())
        .containsExactly(
            new Crash(
                "a",
                CRASHED.toString(),
                "OOMKilled",
                137,
                null,
                "2026-03-01T12:00:00Z: It grows.",
                "leak-1-l1",
                null));
    assertThat(stored.getStatus().timeline())
        .last()
        .satisfies(
            line -> {
              assertThat(line.reason()).isEqualTo("ContainerCrashed");
              assertThat(line.message())
                  .isEqualTo("pod a: OOMKilled, exit code 137; 2 restarts so far");
            });
  }

  @Tag("E15")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.lang.OutOfMemoryError: Java heap space | OutOfMemoryError",
        "fatal error: concurrent map writes | ConcurrentMapAccess",
        "fatal error: concurrent map read and map write | ConcurrentMapAccess",
        "panic: assignment to entry in nil map | NilMap",
        "runtime: out of memory: cannot allocate 4194304-byte block | GoOutOfMemory",
        "panic: no card 4111 1111 1111 1111 | Panic",
      })
  void onlyTheKindOfWhatItSaidIsKept(String message, String kind) {
    evaluate(pod("Error", 2, message), stored);

    assertThat(stored.getStatus().crashes()).extracting(Crash::kind).containsExactly(kind);
    assertThat(Serialization.asJson(stored) + said)
        .doesNotContain(message)
        .doesNotContain("4111", "4194304");
  }

  @Test
  void whatNobodyRecognisesIsAnEndWithItsCode() {
    evaluate(pod("Error", 1, "good bye"), stored);

    assertThat(stored.getStatus().crashes()).extracting(Crash::kind).containsOnlyNulls();
  }

  @Test
  void itIsToldAndWrittenOnce() {
    evaluate(pod("OOMKilled", 137, ""), stored);
    evaluate(pod("OOMKilled", 137, ""), stored);

    assertThat(stored.getStatus().crashes()).hasSize(1);
    assertThat(said)
        .containsExactly(
            "Pod ContainerCrashed: checkout: OOMKilled, exit code 137; 2 restarts so far",
            "MemoryPolicy ContainerCrashed: a/checkout: OOMKilled, exit code 137; 2 restarts so"
                + " far");
  }

  /** There is nobody else to say what became of it. */
  @Test
  void aCrashWithoutAnIncidentIsToldAsWell() {
    evaluate(pod("OOMKilled", 137, ""));

    assertThat(said).hasSize(2);
    assertThat(stored.getStatus().crashes()).isEmpty();
  }

  @Test
  void anEndedIncidentLearnsOfItTooAndStaysEnded() {
    stored.setStatus(
        Serialization.unmarshal(
            Serialization.asJson(stored.getStatus()).replace("\"Open\"", "\"Mitigated\""),
            LeakIncidentStatus.class));
    evaluate(pod("OOMKilled", 137, ""), stored);

    assertThat(stored.getStatus().crashes()).hasSize(1);
    assertThat(stored.getStatus().phase()).isEqualTo(Phase.MITIGATED);
  }

  @Test
  void whatEndedAsItShouldOrBeforeTheLeakOrElsewhereIsNoEvidence() {
    evaluate(pod("Completed", 0, ""), stored);
    evaluate(ended("OOMKilled", 137, "", NOW.minusSeconds(1)), stored);
    var other = pod("OOMKilled", 137, "");
    other.getMetadata().setUid("uid-of-another-workload");
    evaluate(other, stored);

    assertThat(stored.getStatus().crashes()).isEmpty();
  }

  /** A kubelet tells the end of a container in whole seconds, rounded down. */
  @Test
  void aCrashInTheSecondInWhichTheLeakWasSeenIsKept() {
    stored = incident(NOW.plusMillis(600));

    evaluate(ended("OOMKilled", 137, "", NOW), stored);

    assertThat(stored.getStatus().crashes()).hasSize(1);
  }

  @Test
  void onlyTheLastOnesAreKept() {
    for (int i = 0; i < 15; i++) {
      evaluate(ended("OOMKilled", 137, "", CRASHED.plusSeconds(i)), stored);
    }

    assertThat(stored.getStatus().crashes())
        .hasSize(Crash.LIMIT)
        .last()
        .extracting(Crash::at)
        .isEqualTo(CRASHED.plusSeconds(14).toString());
  }

  @Test
  void theLogOfTheLifeThatCrashedIsKeptOnceTheContainerRunsAgain() {
    evaluate(Mode.ENFORCE, pod("OOMKilled", 137, ""), stored);
    assertThat(ordered).as("before it runs again").isEmpty();

    evaluate(Mode.ENFORCE, restarted(), stored);
    evaluate(Mode.ENFORCE, restarted(), stored);

    assertThat(ordered)
        .singleElement()
        .satisfies(
            snapshot -> {
              assertThat(snapshot.getSpec().kinds()).containsExactly(SnapshotKind.PREVIOUS_LOG);
              assertThat(snapshot.getSpec().pod()).isEqualTo("a");
              assertThat(stored.getStatus().crashes())
                  .extracting(Crash::log)
                  .containsExactly(snapshot.getMetadata().getName());
            });
  }

  /** As after an operator that was killed between the order and the record of it. */
  @Test
  void aLogThatWasOrderedAlreadyIsOnlyNoted() {
    isOrdered = true;
    evaluate(Mode.ENFORCE, restarted(), stored);
    evaluate(Mode.ENFORCE, restarted(), stored);

    assertThat(stored.getStatus().crashes()).extracting(Crash::log).doesNotContainNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"OBSERVE", "DRY_RUN"})
  void whatOnlyLooksOrdersNoLog(Mode mode) {
    evaluate(mode, restarted(), stored);
    evaluate(mode, restarted(), stored);

    assertThat(ordered).isEmpty();
    assertThat(stored.getStatus().crashes()).hasSize(1);
  }

  private static Pod restarted() {
    var pod = pod("OOMKilled", 137, "");
    pod.getStatus()
        .getContainerStatuses()
        .getFirst()
        .setState(new ContainerStateBuilder().withNewRunning().endRunning().build());
    return pod;
  }

  private void evaluate(Pod pod, LeakIncident... incidents) {
    evaluate(Mode.OBSERVE, pod, incidents);
  }

  private void evaluate(Mode mode, Pod pod, LeakIncident... incidents) {
    var policy = policy(respond(mode, 1, new Limits(3, 1)));
    crashes.accept(
        new Evaluation(policy, List.of(pod), List.of(), CRASHED.plusSeconds(20)),
        List.of(incidents));
  }

  private Reply answer(String method, URI uri, String body) {
    if (method.equals("POST")) {
      if (isOrdered) {
        return Reply.refusal(HttpURLConnection.HTTP_CONFLICT, "it exists");
      }
      var order = Serialization.unmarshal(body, MemorySnapshot.class);
      ordered.add(order);
      return Reply.ok(order);
    }
    if (method.equals("PUT")) {
      stored = Serialization.unmarshal(body, LeakIncident.class);
    }
    return Reply.ok(stored);
  }

  private static Pod pod(String reason, int code, String message) {
    return ended(reason, code, message, CRASHED);
  }

  private static Pod ended(String reason, int code, String message, Instant at) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: shop, uid: uid-a}
        status:
          phase: Running
          containerStatuses:
          - name: checkout
            restartCount: 2
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {reason: %s, exitCode: %d, message: "%s", finishedAt: "%s"}}
        """
            .formatted(reason, code, message, at),
        Pod.class);
  }

  private static LeakIncident incident(Instant openedAt) {
    var shown = confirmed("a", 100);
    var target = new LeakIncidentSpec.Target("Pod", "a", "uid-a", "checkout", "checkout", 1);
    var incident = new LeakIncident();
    incident.getMetadata().setNamespace("shop");
    incident.getMetadata().setName("leak-1");
    incident.getMetadata().setResourceVersion("1");
    incident.setSpec(new LeakIncidentSpec(target, LeakIncidentSpec.Response.none()));
    var opened =
        StatusText.opened(
            target, Findings.of(shown, List.of(shown)), "", "It grows.", null, openedAt);
    var diagnosed =
        new Step(
            "Diagnose",
            1,
            Step.State.DONE,
            "memorysnapshot/leak-1-l1",
            null,
            null,
            Map.of(),
            NOW.plusSeconds(60).toString(),
            NOW.plusSeconds(65).toString(),
            null);
    incident.setStatus(withStep(opened, diagnosed));
    return incident;
  }

  private static LeakIncidentStatus withStep(LeakIncidentStatus opened, Step step) {
    return new LeakIncidentStatus(
        opened.workload(),
        opened.container(),
        opened.verdict(),
        opened.layer(),
        opened.growth(),
        opened.limitIn(),
        opened.site(),
        1,
        opened.phase(),
        null,
        opened.finding(),
        null,
        List.of(step),
        opened.timeline(),
        opened.openedAt(),
        null,
        null);
  }
}
