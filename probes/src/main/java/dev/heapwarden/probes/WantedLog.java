package dev.heapwarden.probes;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.GcLogOutput;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.probe.Attachments;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.util.List;
import java.util.Optional;

/**
 * A log of collections that is wanted, since its process is judged and tells them in no better way.
 *
 * @param probe what is told of it
 * @param alone whether nothing else is known of the process
 */
record WantedLog(Target target, TargetProcess process, String probe, boolean alone) {
  static final String GO = "GoGcTrace";

  /**
   * Which of a target's logs is wanted, where any is.
   *
   * @param others what is attached to it by other means
   */
  static Optional<WantedLog> of(Target target, List<Attachment> others) {
    if (target.runtime() == RuntimeKind.JVM) {
      boolean alone = isRefused(others, JvmCounters.PROBE);
      return alone || isRefused(others, JvmReadings.LIVE_HEAP)
          ? target.main().map(jvm -> new WantedLog(target, jvm, GcLogOutput.PROBE, alone))
          : Optional.empty();
    }
    return isRefused(others, Attachments.GO_GC)
            && target.container().choice() != RuntimeChoice.NATIVE
        ? target.largestGo().map(go -> new WantedLog(target, go, GO, true))
        : Optional.empty();
  }

  /** Processes of the same container and runtime. */
  List<TargetProcess> beside() {
    return target.processes().stream()
        .filter(other -> other.runtime() == process.runtime())
        .filter(other -> !other.identity().equals(process.identity()))
        .toList();
  }

  Attachment attached(Optional<String> leftOut) {
    return new Attachment(probe, State.ATTACHED, leftOut.orElse(null));
  }

  Attachment refused(String reason) {
    return new Attachment(probe, State.REFUSED, reason);
  }

  private static boolean isRefused(List<Attachment> attachments, String probe) {
    return attachments.stream()
        .anyMatch(
            attachment -> attachment.probe().equals(probe) && attachment.state() == State.REFUSED);
  }
}
