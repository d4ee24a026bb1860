package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Diagnose;
import dev.heapwarden.crds.policy.HeapDumps;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleInstancesTest {
  static final Step ISOLATED =
      new Step(
          "Isolate",
          2,
          State.DONE,
          "pod/checkout-1",
          null,
          null,
          Map.of("pod", "checkout-1"),
          Fixtures.NOON.toString(),
          Fixtures.NOON.toString(),
          null);

  static final Step DIAGNOSED =
      new Step(
          "Diagnose",
          1,
          State.DONE,
          "memorysnapshot/leak-1-l1",
          null,
          null,
          Map.of(),
          Fixtures.NOON.toString(),
          Fixtures.NOON.toString(),
          null);

  private final ApiServer server = new ApiServer(this::answer);
  private final SampleInstances sample = new SampleInstances(server.client());
  private MemorySnapshot stored = new MemorySnapshot();
  private Optional<PodDisruptionBudget> budget = Optional.empty();
  private boolean forbidden;

  SampleInstancesTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theClassThatGrowsIsLookedForInTheIsolatedPod() {
    var situation = situation("JVM", "Orders$OrderKey", ISOLATED);
    assertThat(sample.isAsked(situation)).isTrue();

    var planned = (Plan.Do) sample.plan(situation);
    assertThat(planned.object()).isEqualTo("memorysnapshot/leak-1-l2");
    var step = Intended.step(sample, planned);
    assertThat(sample.act(situation, step)).isEqualTo(new Acted.Yes());

    assertThat(stored.getSpec().pod()).isEqualTo("checkout-1");
    assertThat(stored.getSpec().kinds()).containsExactly(SnapshotKind.INSTANCE_SAMPLE);
    assertThat(stored.getSpec().instances())
        .isEqualTo(new dev.heapwarden.crds.snapshot.InstanceQuery("Orders$OrderKey", 5));
    assertThat(sample.look(situation, step)).isInstanceOf(Seen.NotYet.class);
    assertThat(budget.orElseThrow().getSpec().getMinAvailable().getIntVal()).isEqualTo(1);
    assertThat(budget.orElseThrow().getSpec().getSelector().getMatchLabels())
        .containsOnly(Map.entry("heapwarden.dev/quarantine", "leak-1"));

    stored.setStatus(
        status(
            Phase.COMPLETED,
            null,
            new InstanceReport(
                "Orders$OrderKey",
                81_204,
                5,
                List.of(
                    new InstanceReport.Holder(
                        "static Orders.CACHE (ConcurrentHashMap)", List.of(), 5)))));
    assertThat(sample.look(situation, step))
        .isEqualTo(
            new Seen.Done(
                "5 of 81,204 instances of Orders$OrderKey; held by static Orders.CACHE"
                    + " (ConcurrentHashMap)"));
  }

  @Test
  void onceTheSnapshotHasEndedThePodMayBeEvictedAgain() {
    var situation = situation("JVM", "Orders$OrderKey", ISOLATED);
    var step = Intended.step(sample, (Plan.Do) sample.plan(situation));
    sample.act(situation, step);
    sample.act(situation, step);
    assertThat(budget).isPresent();
    stored.setStatus(status(Phase.FAILED, "nothing was taken", null));

    sample.look(situation, step);

    assertThat(budget).isEmpty();
  }

  @Test
  void anUndoLetsThePodBeEvictedTooAndLeavesSomebodyElsesBudget() {
    var situation = situation("JVM", "Orders$OrderKey", ISOLATED);
    var step = Intended.step(sample, (Plan.Do) sample.plan(situation));
    sample.act(situation, step);
    sample.undo(situation.incident(), step, Fixtures.NOON);
    assertThat(budget).isEmpty();

    sample.act(situation, step);
    budget.orElseThrow().getMetadata().setOwnerReferences(List.of());
    sample.undo(situation.incident(), step, Fixtures.NOON);
    assertThat(budget).isPresent();
  }

  @Test
  void whoMayMakeNoBudgetTakesEvidenceAllTheSame() {
    forbidden = true;
    var situation = situation("JVM", "Orders$OrderKey", ISOLATED);
    var step = Intended.step(sample, (Plan.Do) sample.plan(situation));

    assertThat(sample.act(situation, step)).isEqualTo(new Acted.Yes());
    assertThat(sample.undo(situation.incident(), step, Fixtures.NOON))
        .isInstanceOf(Seen.Done.class);
  }

  @Test
  void whereThePolicyWantsAHeapDumpItIsOrderedToo() {
    for (var site : List.of("Orders$OrderKey", "-")) {
      var situation = wantingDumps(situation("JVM", site, ISOLATED));
      var step = Intended.step(sample, (Plan.Do) sample.plan(situation));
      assertThat(sample.act(situation, step)).isEqualTo(new Acted.Yes());

      assertThat(stored.getSpec().kinds())
          .as(site)
          .isEqualTo(
              site.equals("-")
                  ? List.of(SnapshotKind.HEAP_DUMP)
                  : List.of(SnapshotKind.INSTANCE_SAMPLE, SnapshotKind.HEAP_DUMP));
      assertThat(stored.getSpec().instances() == null).isEqualTo(site.equals("-"));
    }
  }

  private static Situation wantingDumps(Situation situation) {
    var respond = situation.respond();
    return new Situation(
        situation.incident(),
        Fixtures.policy(
            new Respond(
                respond.mode(),
                respond.maxLevel(),
                new Diagnose("5s", HeapDumps.IF_SAFE),
                respond.isolate(),
                respond.intervene(),
                respond.limits(),
                respond.cooldown(),
                List.of())),
        situation.now());
  }

  @Test
  void whyTheAgentRefusedIsTold() {
    var situation = situation("JVM", "Orders$OrderKey", ISOLATED);
    var step = Intended.step(sample, (Plan.Do) sample.plan(situation));
    sample.act(situation, step);
    stored.setStatus(status(Phase.FAILED, "nothing was taken: its liveness probe kills it", null));

    assertThat(sample.look(situation, step))
        .isInstanceOfSatisfying(
            Seen.Failed.class, failed -> assertThat(failed.reason()).contains("liveness probe"));
  }

  @Test
  void nothingIsLookedForWithoutAnIsolatedPod() {
    assertThat(sample.isAsked(situation("Go", "main.handle", ISOLATED))).isFalse();
    assertThat(sample.isAsked(situation("JVM", "Orders$OrderKey", isolation(State.REFUSED))))
        .isFalse();
    assertThat(sample.isAsked(situation("JVM", "Orders$OrderKey", isolation(State.PLANNED))))
        .as("DryRun")
        .isTrue();
    assertThat(sample.isAsked(situation("JVM", "-", isolation(State.PLANNED))))
        .as("DryRun, where level 1 might name the class")
        .isFalse();
  }

  @Test
  void whereNoClassCouldBeCountedTheReasonIsTold() {
    stored.setStatus(
        status(
            Phase.COMPLETED,
            List.of(
                new Artifact(
                    SnapshotKind.CLASS_HISTOGRAM,
                    Artifact.State.REFUSED,
                    "counting its heap could stop it for 0.7 s",
                    null,
                    null,
                    null,
                    null,
                    null))));
    var situation = situation("JVM", "-", DIAGNOSED, ISOLATED);

    assertThat(sample.isAsked(situation)).isTrue();
    assertThat(sample.plan(situation))
        .isEqualTo(
            new Plan.Refuse(
                "pod/checkout-1",
                "no class is known to grow: they were not counted while the pod served (counting its"
                    + " heap could stop it for 0.7 s), and of the isolated pod none is seen to"
                    + " grow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "[B"})
  void whereNoClassGrewThatIsToldToo(String site) {
    stored.setStatus(status(Phase.COMPLETED, List.of()));
    var situation = situation("JVM", site, DIAGNOSED, ISOLATED);

    assertThat(sample.isAsked(situation)).isTrue();
    assertThat(sample.plan(situation))
        .isEqualTo(
            new Plan.Refuse(
                "pod/checkout-1", "no class is known to grow whose instances could be looked for"));
  }

  @Test
  void severalHoldersAreToldWithTheirShares() {
    assertThat(
            SampleInstances.sentence(
                new InstanceReport(
                    "A",
                    9,
                    5,
                    List.of(
                        new InstanceReport.Holder("static B.c (HashMap)", List.of("a"), 3),
                        new InstanceReport.Holder("static B.c (HashMap)", List.of("b"), 1),
                        new InstanceReport.Holder("thread (Thread)", List.of(), 1)))))
        .isEqualTo("5 of 9 instances of A; held by static B.c (HashMap) (4), thread (Thread) (1)");
    assertThat(SampleInstances.sentence(new InstanceReport("A", 0, 0, List.of())))
        .isEqualTo("the heap holds no instance of A");
  }

  private static Situation situation(String runtime, String site, Step... steps) {
    var incident = Fixtures.ofRuntime(Fixtures.incident("leak-1", "w1"), runtime);
    return new Situation(
        Fixtures.at(incident, site, List.of(steps)),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 2, new Limits(3, 1))),
        Fixtures.NOON);
  }

  private static Step isolation(State state) {
    return Fixtures.step("Isolate", 2, state, Fixtures.NOON);
  }

  private static MemorySnapshotStatus status(Phase phase, List<Artifact> artifacts) {
    return new MemorySnapshotStatus(
        phase, null, null, "node", null, null, artifacts, List.of(), List.of(), null, null);
  }

  private static MemorySnapshotStatus status(
      Phase phase, @Nullable String message, @Nullable InstanceReport instances) {
    return new MemorySnapshotStatus(
        phase, null, message, "node", null, null, List.of(), List.of(), List.of(), null, null, null,
        instances, List.of(), null, List.of(), List.of());
  }

  private Reply budget(String method, String body) {
    if (forbidden) {
      return Reply.refusal(403, "Forbidden");
    }
    switch (method) {
      case "POST" -> {
        if (budget.isPresent()) {
          return Reply.refusal(409, "AlreadyExists");
        }
        budget = Optional.of(Serialization.unmarshal(body, PodDisruptionBudget.class));
      }
      case "DELETE" -> budget = Optional.empty();
      default -> {}
    }
    return budget.<Reply>map(Reply::ok).orElseGet(() -> Reply.refusal(404, "NotFound"));
  }

  private Reply answer(String method, URI uri, String body) {
    if (uri.getPath().contains("/poddisruptionbudgets")) {
      return budget(method, body);
    }
    if (method.equals("POST")) {
      stored = Serialization.unmarshal(body, MemorySnapshot.class);
    }
    return Reply.ok(stored);
  }
}
