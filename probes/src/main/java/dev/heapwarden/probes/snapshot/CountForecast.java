package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.Collector;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** For how long a JVM stands still while the objects of its heap are counted. */
final class CountForecast {
  /** 1.8 s were measured for 1.4 GB, with a CPU of its own. */
  private static final double SECONDS_PER_BYTE = 1.8 / 1.4e9;

  /** Addresses at which ZGC without generations maps its heap: {@link ProcFs#anonymousBytes}. */
  private static final int VIEWS = 3;

  private final ProcFs proc;
  private final double secondsPerByte;

  CountForecast(ProcFs proc) {
    this(proc, SECONDS_PER_BYTE);
  }

  CountForecast(ProcFs proc, double secondsPerByte) {
    this.proc = proc;
    this.secondsPerByte = secondsPerByte;
  }

  /**
   * What is to be expected.
   *
   * @param counters of the process, where it keeps any
   */
  Duration of(Target target, TargetProcess process, Optional<JvmCounters> counters)
      throws IOException {
    return Pause.of(bytes(process, counters), secondsPerByte, Pause.cpus(target));
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
}
