package dev.heapwarden.probes.probe;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.jvm.TracedCollections;
import dev.heapwarden.probes.target.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What is told of the static probes of JVMs. Every method may be called by any thread. */
final class JvmProbing {
  /** What is not told of a JVM, by its pid: known after its first collection. */
  private final Map<Long, Optional<String>> untold = new ConcurrentHashMap<>();

  void saw(ProbeEvent event) {
    if (event instanceof ProbeEvent.JvmCollection jvm) {
      untold.put(jvm.pid(), TracedCollections.untold(jvm.pool()));
    }
  }

  /** Forgets processes that ended. */
  void retain(Set<Long> pids) {
    untold.keySet().retainAll(pids);
  }

  /** Whether a JVM of one of the targets runs a file. */
  static boolean runs(
      List<Target> targets, Function<Target, Optional<JvmUsdt>> unheard, Path file) {
    return targets.stream()
        .flatMap(target -> unheard.apply(target).stream())
        .flatMap(probes -> library(probes).stream())
        .anyMatch(file::equals);
  }

  /**
   * Whether they are attached to a target's JVM.
   *
   * @param failure why they are not, where that is known
   */
  Optional<Attachment> attachment(
      Target target, JvmUsdt probes, Optional<String> failure, String waiting, NodePlan attached) {
    return target
        .main()
        .map(
            jvm ->
                Attachments.ofJvm(
                    jvm,
                    probes,
                    failure,
                    waiting,
                    untold.getOrDefault(jvm.pid(), Optional.empty()),
                    attached));
  }

  /** The file that they are in. */
  static Optional<Path> library(JvmUsdt probes) {
    return probes instanceof JvmUsdt.Found found ? Optional.of(found.library()) : Optional.empty();
  }
}
