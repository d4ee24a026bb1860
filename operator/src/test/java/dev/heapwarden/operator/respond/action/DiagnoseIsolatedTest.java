package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A JVM whose heap level 1 would not count while it served; its pod is isolated now. */
class DiagnoseIsolatedTest {
  private static final Artifact HISTOGRAM =
      artifact(SnapshotKind.CLASS_HISTOGRAM, Artifact.State.REFUSED);

  private final ApiServer server = new ApiServer(this::answer);
  private final DiagnoseIsolated action = new DiagnoseIsolated(server.client());
  private List<Artifact> level1 = List.of(HISTOGRAM);
  private final List<MemorySnapshot> ordered = new ArrayList<>();
  private Optional<PodDisruptionBudget> budget = Optional.empty();

  DiagnoseIsolatedTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void whatLevelOneRefusedIsTakenOfTheIsolatedPodWhichIsKeptFromEvictionMeanwhile() {
    level1 =
        List.of(
            artifact(SnapshotKind.SMAPS, Artifact.State.TAKEN),
            HISTOGRAM,
            artifact(SnapshotKind.NATIVE_MEMORY, Artifact.State.REFUSED),
            artifact(SnapshotKind.THREAD_DUMP, Artifact.State.REFUSED));
    var situation = situation();
    assertThat(action.isAsked(situation)).isTrue();

    var planned = (Plan.Do) action.plan(situation);
    assertThat(planned.message())
        .isEqualTo(
            "ClassHistogram, ThreadDump of container checkout of pod checkout-1, refused while it"
                + " served");
    var step = Intended.step(action, planned);
    assertThat(action.act(situation, step)).isEqualTo(new Acted.Yes());

    var snapshot = ordered.getFirst();
    assertThat(snapshot.getMetadata().getName()).isEqualTo("leak-1-l2d");
    assertThat(snapshot.getSpec().pod()).isEqualTo("checkout-1");
    assertThat(snapshot.getSpec().kinds())
        .containsExactly(SnapshotKind.CLASS_HISTOGRAM, SnapshotKind.THREAD_DUMP);
    assertThat(action.look(situation, step)).isInstanceOf(Seen.NotYet.class);
    assertThat(budget).isPresent();

    snapshot.setStatus(
        status(
            List.of(artifact(SnapshotKind.CLASS_HISTOGRAM, Artifact.State.TAKEN)),
            new ClassReport("Orders$OrderKey", 90_000, 2_160_000, 9_000, 300, null, false)));
    assertThat(action.look(situation, step))
        .isInstanceOfSatisfying(
            Seen.Done.class,
            done ->
                assertThat(done.culprit())
                    .hasValueSatisfying(
                        culprit -> assertThat(culprit.site()).isEqualTo("Orders$OrderKey")));
    assertThat(budget).isEmpty();
  }

  /** As after an operator that was killed once it had ordered, and level 1's snapshot is gone. */
  @Test
  void anOrderThatIsRepeatedIsOneOrderOfTheSame() {
    var situation = situation();
    var step = Intended.step(action, (Plan.Do) action.plan(situation));
    action.act(situation, step);
    level1 = List.of();

    assertThat(action.isActed(situation, step)).isTrue();
    assertThat(action.act(situation, step)).isEqualTo(new Acted.Yes());
    assertThat(ordered)
        .singleElement()
        .satisfies(
            snapshot ->
                assertThat(snapshot.getSpec().kinds())
                    .containsExactly(SnapshotKind.CLASS_HISTOGRAM));
  }

  @Test
  void nothingIsAskedForWhereLevelOneTookItOrThePodServes() {
    assertThat(action.isAsked(situation(SampleInstancesTest.DIAGNOSED))).as("serves").isFalse();
    level1 = List.of(artifact(SnapshotKind.CLASS_HISTOGRAM, Artifact.State.TAKEN));
    assertThat(action.isAsked(situation())).as("taken").isFalse();
  }

  private static Situation situation() {
    return situation(SampleInstancesTest.DIAGNOSED, SampleInstancesTest.ISOLATED);
  }

  private static Situation situation(Step... steps) {
    var incident = Fixtures.ofRuntime(Fixtures.incident("leak-1", "w1"), "JVM");
    return new Situation(
        Fixtures.at(incident, "-", List.of(steps)),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 2, new Limits(3, 1))),
        Fixtures.NOON);
  }

  private static Artifact artifact(SnapshotKind kind, Artifact.State state) {
    return new Artifact(kind, state, null, null, null, null, null, null);
  }

  private static MemorySnapshotStatus status(List<Artifact> artifacts, ClassReport... classes) {
    return new MemorySnapshotStatus(
        Phase.COMPLETED,
        classes.length == 0 ? null : classes[0].className(),
        null,
        "node",
        null,
        null,
        artifacts,
        List.of(),
        List.of(classes),
        null,
        null);
  }

  private Reply answer(String method, URI uri, String body) {
    if (uri.getPath().contains("/poddisruptionbudgets")) {
      return budget(method, body);
    }
    if (method.equals("POST")) {
      var order = Serialization.unmarshal(body, MemorySnapshot.class);
      if (find(order.getMetadata().getName()) != null) {
        return Reply.refusal(409, "AlreadyExists");
      }
      ordered.add(order);
      return Reply.ok(order);
    }
    var found = find(uri.getPath().replaceFirst(".*/", ""));
    return found == null ? Reply.refusal(404, "NotFound") : Reply.ok(found);
  }

  private @Nullable MemorySnapshot find(String name) {
    if (name.equals("leak-1-l1")) {
      var diagnosis = new MemorySnapshot();
      diagnosis.getMetadata().setName(name);
      diagnosis.setStatus(status(level1));
      return diagnosis;
    }
    return ordered.stream()
        .filter(snapshot -> Objects.equals(snapshot.getMetadata().getName(), name))
        .findFirst()
        .orElse(null);
  }

  private Reply budget(String method, String body) {
    switch (method) {
      case "POST" -> budget = Optional.of(Serialization.unmarshal(body, PodDisruptionBudget.class));
      case "DELETE" -> {
        var gone = budget.<Reply>map(Reply::ok);
        budget = Optional.empty();
        return gone.orElseGet(() -> Reply.refusal(404, "NotFound"));
      }
      default -> {}
    }
    return budget.<Reply>map(Reply::ok).orElseGet(() -> Reply.refusal(404, "NotFound"));
  }
}
