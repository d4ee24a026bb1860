package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.jvm.Collector;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.probe.CgroupCpu;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether the objects of a JVM may be counted, which it stands still for: by what is to be expected
 * before the first time, by what was measured from then on.
 */
final class StallGuard {
  /** 1.8 s were measured for 1.4 GB, with a CPU of its own. */
  private static final double SECONDS_PER_BYTE = 1.8 / 1.4e9;

  /** Addresses at which ZGC without generations maps its heap: {@link ProcFs#anonymousBytes}. */
  private static final int VIEWS = 3;

  private final ProcFs proc;
  private final double secondsPerByte;
  private final Duration longest;
  private final LongTimes<ContainerKey> tooLong = new LongTimes<>();

  StallGuard(ProcFs proc) {
    this(proc, SECONDS_PER_BYTE, Pause.LONGEST_IN_SERVICE);
  }

  StallGuard(ProcFs proc, double secondsPerByte, Duration longest) {
    this.proc = proc;
    this.secondsPerByte = secondsPerByte;
    this.longest = longest;
  }

  /**
   * Why its objects are not counted; empty when they may be.
   *
   * @param counters of the process, where it keeps any
   */
  Optional<String> refusal(Target target, TargetProcess process, Optional<JvmCounters> counters)
      throws IOException {
    var measured = tooLong.of(target.container().key());
    if (measured.isPresent()) {
      return Optional.of(
          "counting its heap stopped it for %.1f s before, and no more than %.1f s are allowed"
              .formatted(seconds(measured.get()), seconds(longest)));
    }
    double cpus = target.cgroup().isEmpty() ? 1 : CgroupCpu.quota(target.cgroup().get());
    var expected = Pause.of(bytes(process, counters), secondsPerByte, cpus);
    return expected.compareTo(longest) > 0
        ? Optional.of(
            "counting its heap would stop it for about %.1f s".formatted(seconds(expected)))
        : Optional.empty();
  }

  /**
   * Takes for how long it stood still.
   *
   * @return whether it may be counted again
   */
  boolean allows(ContainerKey container, Duration measured) {
    if (measured.compareTo(longest) > 0) {
      tooLong.remember(container, measured);
    }
    return tooLong.of(container).isEmpty();
  }

  /**
   * Resident or swapped out, ZGC's heap and huge pages included; or what its counters say, objects
   * of after the latest pause included where they tell.
   */
  private long bytes(TargetProcess process, Optional<JvmCounters> counters) throws IOException {
    long heap = counters.map(found -> found.oldUsed() + found.youngUsed()).orElse(0L);
    boolean mappedOften =
        counters.map(JvmCounters::collector).filter(Collector.ZGC::equals).isPresent();
    long anonymous = proc.anonymousBytes(process.pid());
    return Math.max(mappedOften ? anonymous / VIEWS : anonymous, heap);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
