package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.HitCost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads what one {@link NodeProgram} prints. Not thread-safe: one reader per program. A process
 * without a page fault in a slot had none: that is told too.
 */
final class NodeEvents {
  private final Map<Long, Long> collections = new HashMap<>();
  private final Map<Long, Long> faults = new HashMap<>();
  private final Hits hits;
  private final Set<Long> watched;
  private OptionalLong started = OptionalLong.empty();

  /**
   * @param watched processes that the program counts page faults of
   * @param hits reads those of uprobes
   */
  NodeEvents(Set<Long> watched, Hits hits) {
    this.watched = Set.copyOf(watched);
    this.hits = hits;
  }

  /** When the program began, by CLOCK_MONOTONIC; empty until every probe was attached. */
  OptionalLong started() {
    return started;
  }

  /** The events that a line completes; none for most, and for one that is not the program's. */
  List<ProbeEvent> read(BpftraceLine line) {
    try {
      return understood(line);
    } catch (NumberFormatException | IndexOutOfBoundsException _) {
      return List.of();
    }
  }

  private List<ProbeEvent> understood(BpftraceLine line) {
    return switch (line) {
      case BpftraceLine.Announced _, BpftraceLine.Lost _, BpftraceLine.MapFull _ -> List.of();
      case BpftraceLine.Values values -> {
        remember(values);
        yield List.of();
      }
      case BpftraceLine.Text text -> read(text.text().split(" "));
    };
  }

  private List<ProbeEvent> read(String[] words) {
    return switch (words[0]) {
      case "start" -> {
        started = OptionalLong.of(Long.parseLong(words[1]));
        yield List.of();
      }
      case "gc" -> {
        var collection = collection(words);
        hits.told(collection.pid(), Cause.GO_GC);
        yield List.of(collection);
      }
      case "map" -> {
        hits.told(Long.parseLong(words[1]), Cause.GO_MAP_GROWTH);
        yield growth(words).map(List::of).orElse(List.of());
      }
      case "pool" -> {
        hits.told(Long.parseLong(words[1]), Cause.JVM_USDT);
        yield List.of(pool(words));
      }
      case "pause" -> {
        hits.told(Long.parseLong(words[1]), Cause.JVM_USDT);
        yield List.of(pause(words));
      }
      case "slot" -> slot((Long.parseLong(words[1]) + 1) * NodeProgram.SLOT_NANOS);
      default -> List.of();
    };
  }

  private ProbeEvent collection(String[] words) {
    long pid = Long.parseLong(words[1]);
    long count = Long.parseLong(words[4]);
    var before = collections.put(pid, count);
    return new ProbeEvent.Collection(
        pid,
        Long.parseLong(words[2]),
        Long.parseUnsignedLong(words[3]),
        count - (before == null ? 0 : before),
        Long.parseUnsignedLong(words[5]));
  }

  private static Optional<ProbeEvent> growth(String[] words) {
    long entries = Long.parseUnsignedLong(words[4]);
    if (entries < 0) {
      return Optional.empty();
    }
    var frames = new ArrayList<Long>();
    for (int i = 6; i < words.length; i++) {
      frames.add(Long.parseUnsignedLong(words[i], 16));
    }
    return Optional.of(
        new ProbeEvent.MapGrowth(
            Long.parseLong(words[1]),
            Long.parseLong(words[2]),
            Long.parseUnsignedLong(words[3], 16),
            entries,
            Long.parseUnsignedLong(words[5], 16),
            frames));
  }

  private static ProbeEvent pool(String[] words) {
    return new ProbeEvent.JvmCollection(
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseUnsignedLong(words[3], 16),
        Long.parseUnsignedLong(words[4], 16),
        Long.parseUnsignedLong(words[5]),
        Long.parseUnsignedLong(words[6]),
        Long.parseUnsignedLong(words[7]));
  }

  private static ProbeEvent pause(String[] words) {
    return new ProbeEvent.JvmPause(
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        words[4].equals("1"));
  }

  private void remember(BpftraceLine.Values values) {
    if (values.map().equals("@f0") || values.map().equals("@f1")) {
      faults.clear();
      values.values().forEach((pid, count) -> faults.put(Long.parseLong(pid), count.asLong()));
    } else {
      hits.read(values);
    }
  }

  private List<ProbeEvent> slot(long end) {
    var events = new ArrayList<ProbeEvent>();
    watched.forEach(
        pid -> {
          long count = faults.getOrDefault(pid, 0L);
          events.add(new ProbeEvent.Faults(pid, end, count));
          if (count > 0) {
            events.add(
                new ProbeEvent.Spent(pid, end, Cause.PAGE_FAULTS, count * HitCost.PAGE_FAULT));
          }
        });
    faults.clear();
    events.addAll(hits.spent(end));
    return events;
  }
}
