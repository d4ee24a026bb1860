package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.probe.BpftraceLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * Reads what a map window printed: per map instance its first and last count of live entries, the
 * writes by return addresses, and what was deleted.
 */
final class MapWindow {
  private static final int SITES = 5;

  private final Map<String, Map<String, JsonNode>> printed = new HashMap<>();
  private long started;
  private long ended;
  private long lost;

  /** Takes a line; called on one thread, before any other method. */
  void read(BpftraceLine line) {
    switch (line) {
      case BpftraceLine.Values values -> printed.put(values.map(), values.values());
      case BpftraceLine.Text text when text.text().startsWith("start ") ->
          started = Long.parseLong(text.text().substring("start ".length()));
      case BpftraceLine.Text text when text.text().startsWith("end ") ->
          ended = Long.parseLong(text.text().substring("end ".length()));
      case BpftraceLine.Lost(long events) -> lost += events;
      case BpftraceLine.MapFull() -> lost++;
      default -> {}
    }
  }

  /** Whether the probes were attached. */
  boolean attached() {
    return started != 0;
  }

  long hits() {
    return of("@hits").getOrDefault("", BpftraceLine.JSON.getNodeFactory().numberNode(0)).asLong();
  }

  /** Events that are counted nowhere: there was no room for them. */
  long lost() {
    return lost;
  }

  /** From the first moment to the last, or to the last write where it was cut, in seconds. */
  double seconds() {
    long last =
        ended != 0
            ? ended
            : of("@lastat").values().stream().mapToLong(JsonNode::asLong).max().orElse(started);
    return Math.max(last - started, 1) / 1e9;
  }

  /**
   * The maps, fastest growing first, those that are emptied as they fill last.
   *
   * @param seconds that the window was open
   * @param calls names the writer and then its callers of return addresses, innermost first; empty
   *     when it cannot
   * @param type names a map's type, by its descriptor's address; empty when it cannot
   */
  List<MapReport> maps(
      double seconds, Function<long[], List<Frame>> calls, LongFunction<Optional<String>> type) {
    var writers = writers(calls);
    var first = of("@first");
    var types = of("@type");
    var reports = new ArrayList<MapReport>();
    of("@last")
        .forEach(
            (map, last) -> {
              var writes = writers.getOrDefault(map, Map.of());
              long before = first.getOrDefault(map, last).asLong();
              reports.add(
                  new MapReport(
                      "0x" + Long.toHexString(Long.parseUnsignedLong(map)),
                      types.containsKey(map)
                          ? type.apply(Objects.requireNonNull(types.get(map)).asLong()).orElse(null)
                          : null,
                      last.asLong(),
                      (last.asLong() - before) / seconds,
                      sum(writes.values()) / seconds,
                      count("@deletes", map) / seconds,
                      count("@clears", map),
                      sites(writes)));
            });
    reports.sort(
        Comparator.comparing(MapReport::steady)
            .thenComparing(Comparator.comparingDouble(MapReport::entriesPerSecond).reversed()));
    return reports;
  }

  /**
   * Address of the descriptor of a map's type.
   *
   * @param map that the window told
   */
  long descriptor(MapReport map) {
    var printed = of("@type").get(Long.toUnsignedString(address(map)));
    return printed == null ? 0 : printed.asLong();
  }

  /**
   * What was done to a map last, the last one first.
   *
   * @param map that the window told
   */
  List<MapOperation> lastOperations(MapReport map) {
    var noted = of("@op").get(Long.toUnsignedString(address(map)));
    return noted == null ? List.of() : MapOperation.of(noted, started);
  }

  /** Address of a map that a window told. */
  static long address(MapReport map) {
    return Long.parseUnsignedLong(map.instance().substring("0x".length()), 16);
  }

  /**
   * Those that write most.
   *
   * @param writes by the writer and its callers; by nobody where it is not known
   */
  private static List<MapReport.Site> sites(Map<List<Frame>, Long> writes) {
    var byWriter =
        writes.entrySet().stream()
            .filter(chain -> !chain.getKey().isEmpty())
            .collect(Collectors.groupingBy(chain -> chain.getKey().getFirst()));
    return byWriter.entrySet().stream()
        .map(writer -> site(writer.getKey(), writer.getValue()))
        .sorted(Comparator.comparingLong(MapReport.Site::writes).reversed())
        .limit(SITES)
        .toList();
  }

  private static MapReport.Site site(Frame writer, List<Map.Entry<List<Frame>, Long>> chains) {
    var most = chains.stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    return new MapReport.Site(
        writer.function(),
        writer.location().isEmpty() ? null : writer.location(),
        sum(chains.stream().map(Map.Entry::getValue).toList()),
        most.stream().skip(1).limit(MapReport.Site.CALLERS_LIMIT).map(Frame::described).toList());
  }

  private static long sum(Collection<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  private Map<String, Map<List<Frame>, Long>> writers(Function<long[], List<Frame>> calls) {
    var writers = new HashMap<String, Map<List<Frame>, Long>>();
    of("@writes")
        .forEach(
            (key, count) -> {
              var numbers = key.split(",", -1);
              var addresses =
                  Arrays.stream(numbers).skip(1).mapToLong(Long::parseUnsignedLong).toArray();
              writers
                  .computeIfAbsent(numbers[0], map -> new HashMap<>())
                  .merge(calls.apply(addresses), count.asLong(), Long::sum);
            });
    return writers;
  }

  private long count(String name, String map) {
    var count = of(name).get(map);
    return count == null ? 0 : count.asLong();
  }

  private Map<String, JsonNode> of(String name) {
    return printed.getOrDefault(name, Map.of());
  }
}
