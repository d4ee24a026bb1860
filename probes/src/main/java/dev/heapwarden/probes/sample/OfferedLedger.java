package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a container's endpoints tell. What they count is added up of many series, of which one may
 * end, as when a worker does: then the sum falls, and nothing was counted. It goes on rising from
 * where it was.
 */
final class OfferedLedger {
  /** Nobody but the program tells these. */
  private static final Set<Signal> REQUESTS =
      EnumSet.of(Signal.REQUESTS, Signal.REQUEST_TIME, Signal.FAILED_REQUESTS);

  private final Map<Counter, ToldCount> counts = new HashMap<>();

  private record Counter(Origin origin, Signal signal) {}

  /** Takes what one answer told, and gives what is to be told of it. */
  Map<Signal, Double> take(Origin origin, Map<Signal, Double> figures) {
    var told = new EnumMap<Signal, Double>(figures);
    figures.forEach(
        (signal, value) -> {
          if (signal.kind() == Signal.Kind.COUNTER) {
            var count = counts.computeIfAbsent(new Counter(origin, signal), _ -> new ToldCount());
            count.take(origin, value);
            told.put(signal, count.told());
          }
        });
    return told;
  }

  /** What it told of its requests so far. */
  Map<Signal, Double> requests() {
    var requests = new EnumMap<Signal, Double>(Signal.class);
    counts.forEach(
        (counter, count) -> {
          if (REQUESTS.contains(counter.signal)) {
            requests.put(counter.signal, count.told());
          }
        });
    return requests;
  }
}
