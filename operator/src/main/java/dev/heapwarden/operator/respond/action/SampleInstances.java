package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.HeapDumps;
import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Level 2: asks the node's agent who holds the class that grows in the pod that was isolated, and
 * for a heap dump where the policy wants one.
 */
public final class SampleInstances implements Action {
  /** Fact of the step, besides the pod. */
  private static final String CLASS = "className";

  /**
   * For the agent: up to 150 s to dump, as it allows four times the longest pause of 30 s and half
   * a minute more, 2 min to read, and some to find the process and to tell.
   */
  private static final Duration TAKING = Duration.ofMinutes(6);

  private static final int HOLDERS_TOLD = 3;

  private final KubernetesClient client;
  private final TakeSnapshot snapshots;
  private final NoEviction shield;

  public SampleInstances(KubernetesClient client) {
    this.client = client;
    this.snapshots = new TakeSnapshot(client);
    this.shield = new NoEviction(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.SAMPLE_INSTANCES;
  }

  /**
   * Where its pod is isolated; in DryRun, where it would be and the class that grows is known
   * without level 1.
   */
  @Override
  public boolean isAsked(Situation situation) {
    return situation.baseline().runtime().equals("JVM")
        && pod(situation).isPresent()
        && !isNative(situation)
        && (isClassName(situation.status().site()) || isIsolated(situation));
  }

  /** Its site is a function, however much its name looks like a class's. */
  private static boolean isNative(Situation situation) {
    return situation.baseline().cause().equals(Names.camel(Cause.NATIVE_GROWTH));
  }

  private static boolean isIsolated(Situation situation) {
    return Steps.newest(situation.status(), ActionKind.ISOLATE)
        .filter(step -> step.state() == Step.State.DONE)
        .isPresent();
  }

  private static boolean isClassName(String site) {
    return site.length() <= InstanceQuery.LENGTH && site.matches(InstanceQuery.CLASS_NAME);
  }

  private static Optional<String> pod(Situation situation) {
    return Steps.newest(situation.status(), ActionKind.ISOLATE)
        .flatMap(
            step ->
                switch (step.state()) {
                  case DONE -> Optional.of(Steps.fact(step, IsolatePod.POD));
                  case PLANNED -> Optional.of(situation.baseline().pod());
                  case INTENDED, REFUSED, FAILED, SUGGESTED, UNDOING, UNDONE -> Optional.empty();
                });
  }

  @Override
  public Plan plan(Situation situation) {
    var pod = pod(situation).orElseThrow();
    var className = situation.status().site();
    boolean known = isClassName(className);
    if (!known && !isDumped(situation)) {
      return new Plan.Refuse("pod/" + pod, unknown(situation));
    }
    var snapshot = snapshot(situation, pod, known ? className : "");
    return new Plan.Do(
        "memorysnapshot/" + snapshot.getMetadata().getName(),
        "%s in container %s of pod %s"
            .formatted(what(situation, className), situation.target().container(), pod),
        Serialization.asYaml(snapshot),
        Map.of(TakeSnapshot.POD, pod, CLASS, known ? className : ""));
  }

  private static boolean isDumped(Situation situation) {
    return situation.respond().diagnose().heapDump() == HeapDumps.IF_SAFE;
  }

  private static String what(Situation situation, String className) {
    var sample = "sample of the instances of %s and of who holds them".formatted(className);
    var dump = "heap dump";
    return !isClassName(className) ? dump : isDumped(situation) ? sample + ", " + dump : sample;
  }

  /** The class that holds most is no proof of one that grows, so none is taken in its place. */
  private String unknown(Situation situation) {
    return Diagnosis.find(client, situation).stream()
        .flatMap(diagnosis -> diagnosis.artifacts().stream())
        .filter(artifact -> artifact.kind() == SnapshotKind.CLASS_HISTOGRAM)
        .filter(artifact -> artifact.state() != Artifact.State.TAKEN)
        .findFirst()
        .map(
            artifact ->
                "no class is known to grow: they were not counted while the pod served (%s), and of the isolated pod none is seen to grow"
                    .formatted(artifact.reason()))
        .orElse("no class is known to grow whose instances could be looked for");
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    return snapshots.isActed(situation, step);
  }

  @Override
  public Acted act(Situation situation, Step step) {
    shield.begin(situation.incident());
    var acted =
        snapshots.order(
            situation,
            snapshot(situation, Steps.fact(step, TakeSnapshot.POD), Steps.fact(step, CLASS)));
    if (acted instanceof Acted.No) {
      shield.end(situation.incident());
    }
    return acted;
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var seen = snapshots.look(situation, step, taking(situation));
    if (!(seen instanceof Seen.NotYet)) {
      shield.end(situation.incident());
    }
    return seen instanceof Seen.Done
        ? snapshots
            .get(situation.incident(), step)
            .map(MemorySnapshot::getStatus)
            .map(MemorySnapshotStatus::instances)
            .<Seen>map(SampleInstances::seen)
            .orElse(seen)
        : seen;
  }

  static Seen.Done seen(InstanceReport found) {
    return HeldByThreadLocals.all(found)
        ? new Seen.Done(
            sentence(found) + ", as values of its ThreadLocals",
            Optional.of(new Seen.Culprit(Cause.THREAD_LOCALS, found.className())))
        : new Seen.Done(sentence(found));
  }

  /** Evidence stays; the snapshot goes with its incident. */
  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    shield.end(incident);
    return snapshots.undo(incident, step, now);
  }

  /** In the queue of its node too. */
  @Override
  public Duration patience(Situation situation) {
    return TakeSnapshot.QUEUE.plus(taking(situation));
  }

  /** Each kind makes a dump of its own. */
  private static Duration taking(Situation situation) {
    return isDumped(situation) ? TAKING.multipliedBy(2) : TAKING;
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.empty();
  }

  /**
   * @param className empty where none is known
   */
  private static MemorySnapshot snapshot(Situation situation, String pod, String className) {
    var kinds = new ArrayList<SnapshotKind>();
    if (!className.isEmpty()) {
      kinds.add(SnapshotKind.INSTANCE_SAMPLE);
    }
    if (isDumped(situation)) {
      kinds.add(SnapshotKind.HEAP_DUMP);
    }
    return IncidentSnapshots.of(
        situation.incident(),
        situation.name() + "-l2",
        new MemorySnapshotSpec(
            pod,
            situation.target().container(),
            kinds,
            MemorySnapshotSpec.WINDOW,
            List.of(),
            className.isEmpty() ? null : new InstanceQuery(className, InstanceQuery.LIMIT)));
  }

  static String sentence(InstanceReport found) {
    if (found.instances() == 0) {
      return "the heap holds no instance of " + found.className();
    }
    var shares = new LinkedHashMap<String, Integer>();
    found.holders().forEach(way -> shares.merge(way.root(), way.instances(), Integer::sum));
    var held =
        shares.size() == 1
            ? shares.firstEntry().getKey()
            : shares.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(HOLDERS_TOLD)
                .map(share -> "%s (%d)".formatted(share.getKey(), share.getValue()))
                .collect(joining(", "));
    return String.format(
        Locale.ROOT,
        "%d of %,d instances of %s; held by %s",
        found.sampled(),
        found.instances(),
        found.className(),
        held);
  }
}
