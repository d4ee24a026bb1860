package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.Settings;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.report.Measures;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges every container that a policy governs, each once per slide. */
public final class Evaluator {
  /** Of a slide, the part within which containers are judged together. */
  private static final int TOGETHER = 4;

  private final SampleStore store;
  private final Workloads workloads;
  private final AssessmentBook book;
  private final Measures measures;
  private final RevisionBook revisions = new RevisionBook();
  private final RuntimeAdvisories advisories = RuntimeAdvisories.shipped();

  /** Of which workload and revision a pod is one. */
  private record Replica(Workload workload, String revision, boolean quarantined) {
    /** A pod that nobody made has no others like it; an isolated one has no load any more. */
    boolean isOneOfMany() {
      return !quarantined && !workload.kind().equals("Pod");
    }

    RevisionBook.Line line(ContainerKey key) {
      return new RevisionBook.Line(workload.uid(), key.container());
    }
  }

  public Evaluator(SampleStore store, Workloads workloads, AssessmentBook book, Measures measures) {
    this.store = store;
    this.workloads = workloads;
    this.book = book;
    this.measures = measures;
  }

  /**
   * What is known and said of the running containers of these pods.
   *
   * @param pods that the policy governs
   */
  public List<WatchedContainer> evaluate(
      MemoryPolicy policy, PolicyRules rules, List<Pod> pods, Instant now) {
    var names = policy.getSpec().containers();
    var found = new ArrayList<WatchedContainer>();
    for (var pod : pods) {
      var workload = workloads.of(pod);
      var quarantined = Workloads.quarantine(pod) != null;
      var replica = new Replica(workload, RevisionBook.revision(pod), quarantined);
      for (var key : Targets.of(pod, names == null ? List.of() : names)) {
        var sight = store.sight(pod.getSpec().getNodeName(), key, now);
        var assessment =
            sight instanceof Sight.Watched watched && rules instanceof PolicyRules.Valid valid
                ? assess(policy, valid, replica, watched, now)
                : null;
        found.add(new WatchedContainer(key, workload, quarantined, sight, assessment));
      }
    }
    return found;
  }

  static Settings settings(Observe observe) {
    return new Settings(
        Durations.parse(observe.window()),
        Durations.parse(observe.slide()),
        Durations.parse(observe.trendHorizon()),
        Durations.parse(observe.warmUp()));
  }

  private Assessment assess(
      MemoryPolicy policy,
      PolicyRules.Valid rules,
      Replica replica,
      Sight.Watched watched,
      Instant now) {
    var settings = settings(policy.getSpec().observe());
    var state = watched.state();
    var last = last(policy, state.container());
    if (last.isPresent()
        && last.get().quarantined() == replica.quarantined()
        && !isDue(last.get(), settings.slide(), now)) {
      return last.get();
    }
    var runtime = runtime(policy.getSpec().runtime(), state.runtime());
    var verdict =
        measures.timed(
            () ->
                rules
                    .detector()
                    .evaluate(watched.samples(), runtime, state.startedAt(), settings, now));
    var advised = advisories.beside(verdict, state.runtimeVersion());
    var age = Duration.between(state.startedAt(), now);
    return new Assessment(
        replica.workload().uid(),
        state.container(),
        runtime,
        replica.quarantined(),
        replica.isOneOfMany() ? besideThoseBefore(advised, replica, state, last, age) : advised,
        age,
        now);
  }

  /** What is said of it at an age is noted once it is older. */
  private Verdict besideThoseBefore(
      Verdict verdict,
      Replica replica,
      ContainerState state,
      Optional<Assessment> last,
      Duration age) {
    var line = replica.line(state.container());
    last.filter(before -> GrowthByAge.step(before.containerAge()) < GrowthByAge.step(age))
        .ifPresent(before -> revisions.add(line, replica.revision(), state.startedAt(), before));
    return revisions
        .before(line, replica.revision(), state.startedAt(), age)
        .map(before -> before.beside(verdict))
        .orElse(verdict);
  }

  private Optional<Assessment> last(MemoryPolicy policy, ContainerKey key) {
    var metadata = policy.getMetadata();
    return book.last(metadata.getUid(), metadata.getGeneration(), key);
  }

  /**
   * What is due within a quarter of a slide is judged now: else each of a policy's containers,
   * which came at moments of their own, would wake it for all the others too, and a slide cost the
   * square of them.
   */
  static boolean isDue(Assessment assessment, Duration slide, Instant now) {
    return !assessment.at().plus(slide).minus(slide.dividedBy(TOGETHER)).isAfter(now);
  }

  private static RuntimeKind runtime(RuntimeChoice choice, RuntimeKind detected) {
    return switch (choice) {
      case AUTO -> detected;
      case GO -> RuntimeKind.GO;
      case JVM -> RuntimeKind.JVM;
      case NATIVE -> RuntimeKind.NATIVE;
    };
  }
}
