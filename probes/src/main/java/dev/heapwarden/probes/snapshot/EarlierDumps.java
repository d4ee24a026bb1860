package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.TargetProcess.Identity;
import java.time.Duration;
import java.util.Optional;

/** What dumps of a process took before, which tells more of the next one than any forecast. */
final class EarlierDumps {
  private final LongTimes<Identity> ended = new LongTimes<>();
  private final LongTimes<Identity> late = new LongTimes<>();

  void ended(TargetProcess process, Duration stall) {
    ended.remember(process.identity(), stall);
  }

  void late(TargetProcess process, Duration deadline) {
    late.remember(process.identity(), deadline);
  }

  /** Why it is not dumped again; empty where each dump ended in time. */
  Optional<String> refusal(TargetProcess process) {
    return late.of(process.identity())
        .map(
            deadline ->
                "a heap dump of this process had not ended after %.1f s before, and may have stopped it for longer"
                    .formatted(deadline.toMillis() / 1e3));
  }

  /** What is to be expected of the next one: no less than the longest took. */
  DumpForecast corrected(DumpForecast forecast, TargetProcess process) {
    return ended
        .of(process.identity())
        .filter(longest -> longest.compareTo(forecast.pause()) > 0)
        .map(longest -> new DumpForecast(longest, forecast.bytes()))
        .orElse(forecast);
  }
}
