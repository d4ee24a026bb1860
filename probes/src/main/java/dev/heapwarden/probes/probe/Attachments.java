package dev.heapwarden.probes.probe;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells per container what is attached. Where a container runs several processes, its main one
 * speaks for it: the one with the most anonymous memory, for Go's probes among the Go programs.
 */
public final class Attachments {
  static final String PAGE_FAULTS = Cause.PAGE_FAULTS.text();
  public static final String GO_GC = Cause.GO_GC.text();
  static final String GO_MARK_TERMINATION = Cause.GO_MARK_TERMINATION.text();
  static final String GO_MAP_GROWTH = Cause.GO_MAP_GROWTH.text();

  private Attachments() {}

  /**
   * @param jvm what is known of the JVM that is judged, which then needs no probe of Go; empty
   *     where the main process is none
   * @param noPageFaults why the kernel cannot tell page faults
   * @param leftOut why probes are left out that would be too much for the container
   * @param failure why bpftrace attaches nothing at all
   * @param waiting why what is not attached yet is not
   * @param refusal why bpftrace could not attach to a process's executable
   * @param attached what the program watches that bpftrace has attached
   */
  static List<Attachment> of(
      Target target,
      List<Attachment> jvm,
      Optional<String> noPageFaults,
      Map<Cause, String> leftOut,
      Optional<String> failure,
      String waiting,
      Function<TargetProcess, Optional<String>> refusal,
      NodePlan attached) {
    var all =
        new ArrayList<>(
            ofJudged(target, jvm, noPageFaults, leftOut, failure, waiting, refusal, attached));
    if (jvm.isEmpty() && target.container().choice() == RuntimeChoice.JVM) {
      all.add(refused(JvmCounters.PROBE, "the policy says that it is a JVM, and none runs in it"));
    }
    beside(target, !jvm.isEmpty()).ifPresent(all::add);
    return List.copyOf(all);
  }

  /**
   * Whether the static probes of a JVM are attached.
   *
   * @param failure why they are not, where that is known
   * @param untold what they do not tell
   */
  static Attachment ofJvm(
      TargetProcess jvm,
      JvmUsdt probes,
      Optional<String> failure,
      String waiting,
      Optional<String> untold,
      NodePlan attached) {
    if (probes instanceof JvmUsdt.Refused none) {
      return refused(JvmUsdt.PROBE, none.reason());
    }
    return attached.probesJvm(jvm.identity())
        ? new Attachment(JvmUsdt.PROBE, Attachment.State.ATTACHED, untold.orElse(null))
        : state(JvmUsdt.PROBE, false, failure, waiting);
  }

  /** What runs in the container too and is not judged, where the policy does not choose. */
  private static Optional<Attachment> beside(Target target, boolean judgesJvm) {
    var other = judgesJvm ? RuntimeKind.GO : RuntimeKind.JVM;
    if (target.container().choice() != RuntimeChoice.AUTO
        || target.runtime() == other
        || target.processes().stream().noneMatch(process -> process.runtime() == other)) {
      return Optional.empty();
    }
    return Optional.of(
        refused(
            judgesJvm ? GO_GC : JvmCounters.PROBE,
            "its main process is judged instead, which holds more memory"));
  }

  private static List<Attachment> ofJudged(
      Target target,
      List<Attachment> jvm,
      Optional<String> noPageFaults,
      Map<Cause, String> leftOut,
      Optional<String> failure,
      String waiting,
      Function<TargetProcess, Optional<String>> refusal,
      NodePlan attached) {
    var main = target.main();
    if (target.denied().isPresent()) {
      return Stream.of(PAGE_FAULTS, GO_GC, GO_MAP_GROWTH)
          .map(probe -> refused(probe, target.denied().get()))
          .toList();
    }
    if (main.isEmpty()) {
      var why = "no process of the container was found yet";
      return Stream.of(PAGE_FAULTS, GO_GC, GO_MARK_TERMINATION, GO_MAP_GROWTH)
          .map(probe -> pending(probe, why))
          .toList();
    }
    var faults =
        noPageFaults
            .map(reason -> refused(PAGE_FAULTS, reason))
            .orElseGet(
                () ->
                    state(
                        PAGE_FAULTS,
                        attached.countsFaultsOf(main.get().identity()),
                        or(leftOut, Cause.PAGE_FAULTS, failure),
                        waiting));
    if (!jvm.isEmpty()) {
      return Stream.concat(Stream.of(faults), jvm.stream()).toList();
    }
    var go = target.largestGo();
    var notAtAll =
        !NodePlan.wantsGo(target)
            ? Optional.of("the policy says that it is not Go")
            : go.isEmpty()
                ? main.get().refusal()
                : go.get().refusal().or(() -> refusal.apply(go.get()));
    if (notAtAll.isPresent()) {
      return List.of(
          faults,
          refused(GO_GC, notAtAll.get()),
          refused(GO_MARK_TERMINATION, notAtAll.get()),
          refused(GO_MAP_GROWTH, notAtAll.get()));
    }
    var process = go.orElseThrow();
    var binary = process.go().orElseThrow();
    return List.of(
        faults,
        has(
            GO_GC,
            binary.missing(GoBinary.GC),
            attached.probesGoOf(process.identity(), GoExecutable::tellsCollections),
            or(leftOut, Cause.GO_GC, failure),
            waiting),
        has(
            GO_MARK_TERMINATION,
            binary
                .missing(GoBinary.GC)
                .or(() -> binary.missing(GoBinary.STOP_WORLD))
                .or(() -> binary.missing(GoBinary.START_WORLD)),
            attached.probesGoOf(process.identity(), GoExecutable::tellsMarkTermination),
            or(leftOut, Cause.GO_MARK_TERMINATION, or(leftOut, Cause.GO_GC, failure)),
            waiting),
        narrowed(
            attached.probesGoOf(process.identity(), GoExecutable::tellsLargeGrowthOnly),
            leftOut.get(Cause.GO_SMALL_MAPS),
            has(
                GO_MAP_GROWTH,
                binary.missing(binary.growth()),
                attached.probesGoOf(process.identity(), GoExecutable::tellsGrowth),
                or(leftOut, Cause.GO_MAP_GROWTH, failure),
                waiting)));
  }

  /**
   * Whether all maps are told, or only those that are large.
   *
   * @param reason null once all are to be told again, until they are
   */
  private static Attachment narrowed(boolean narrow, @Nullable String reason, Attachment growth) {
    return narrow
        ? new Attachment(
            growth.probe(),
            growth.state(),
            "narrowed: only maps of %d entries and more are told%s"
                .formatted(GoBinary.SPLIT_AT, reason == null ? "" : ". " + reason))
        : growth;
  }

  private static Optional<String> or(
      Map<Cause, String> leftOut, Cause cause, Optional<String> failure) {
    return Optional.ofNullable(leftOut.get(cause)).or(() -> failure);
  }

  private static Attachment has(
      String probe,
      Optional<String> missing,
      boolean attached,
      Optional<String> failure,
      String waiting) {
    return missing
        .map(reason -> refused(probe, reason))
        .orElseGet(() -> state(probe, attached, failure, waiting));
  }

  /** What an older program still covers is attached, whatever became of a newer one. */
  private static Attachment state(
      String probe, boolean attached, Optional<String> failure, String waiting) {
    return attached
        ? new Attachment(probe, Attachment.State.ATTACHED, null)
        : failure.map(reason -> refused(probe, reason)).orElseGet(() -> pending(probe, waiting));
  }

  private static Attachment pending(String probe, String reason) {
    return new Attachment(probe, Attachment.State.PENDING, reason);
  }

  private static Attachment refused(String probe, String reason) {
    return new Attachment(probe, Attachment.State.REFUSED, reason);
  }
}
