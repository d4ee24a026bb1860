package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.probe.ProbeEvent;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The Go maps of a container's processes that have grown, as far as they are remembered. */
final class MapLedger {
  private static final int INSTANCES = 4096;
  private static final int TOLD_INSTANCES = 50;

  /** Where the stack could not be named. */
  private static final String UNKNOWN_SITE = "unknown";

  private final Map<InstanceKey, Instance> instances =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InstanceKey, Instance> eldest) {
          return size() > INSTANCES;
        }
      };

  private record InstanceKey(long pid, long address) {}

  private static final class Instance {
    MapInstance map;
    ProbeEvent.MapGrowth last;
    long begun;
    long lives = 1;
    boolean grown;

    Instance(MapInstance map, ProbeEvent.MapGrowth last) {
      this.map = map;
      this.last = last;
      begun = last.nanos();
    }

    /** A map that is half as large as it was is most likely another one at the same address. */
    boolean isAnotherAt(ProbeEvent.MapGrowth growth) {
      return growth.entries() < last.entries() / 2;
    }

    /** One of another place has only this life. */
    void isFollowedBy(MapInstance next, long nanos) {
      boolean again = next.equals(map);
      lives = again ? lives + 1 : 1;
      begun = again ? begun : nanos;
      map = next;
    }

    GrownMap told() {
      return new GrownMap(map, last, lives, begun);
    }
  }

  /** What the map is, is asked for only when the instance is new or its site is unknown. */
  void grown(ProbeEvent.MapGrowth growth, Supplier<MapInstance> map) {
    var key = new InstanceKey(growth.pid(), growth.address());
    var instance = instances.get(key);
    if (instance == null) {
      instance = new Instance(map.get(), growth);
      instances.put(key, instance);
    } else if (instance.isAnotherAt(growth)) {
      instance.isFollowedBy(map.get(), growth.nanos());
    } else if (instance.map.site().isEmpty()) {
      instance.map = map.get();
    }
    instance.last = growth;
    instance.grown = true;
  }

  /** Forgets those of processes that ended. */
  void retain(Set<Long> pids) {
    instances.keySet().removeIf(key -> !pids.contains(key.pid()));
  }

  /** Entries of the largest maps, by the function that grows them. */
  Map<String, Long> largest(int sites) {
    var largest = new HashMap<String, Long>();
    for (var instance : instances.values()) {
      var site = instance.map.site().isEmpty() ? UNKNOWN_SITE : instance.map.site();
      largest.merge(site, instance.last.entries(), Math::max);
    }
    return largest.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(sites)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Those of a process, largest first. */
  List<GrownMap> of(long pid) {
    return instances.entrySet().stream()
        .filter(instance -> instance.getKey().pid() == pid)
        .map(instance -> instance.getValue().told())
        .sorted(Comparator.comparingLong((GrownMap map) -> map.last().entries()).reversed())
        .toList();
  }

  void flush(ContainerKey container, SampleBuffer buffer, WallClock clock) {
    if (instances.values().stream().noneMatch(instance -> instance.grown)) {
      return;
    }
    long smallestTold =
        instances.values().stream()
            .map(instance -> instance.last.entries())
            .sorted(Comparator.reverseOrder())
            .limit(TOLD_INSTANCES)
            .reduce(Long.MAX_VALUE, (first, second) -> second);
    instances
        .values()
        .forEach(
            instance -> {
              if (instance.grown && instance.last.entries() >= smallestTold) {
                buffer.add(
                    clock.at(instance.last.nanos()),
                    container,
                    Origin.GO_MAP_UPROBE,
                    Map.of(Signal.MAP_ENTRIES, (double) instance.last.entries()),
                    instance.map);
              }
              instance.grown = false;
            });
  }
}
