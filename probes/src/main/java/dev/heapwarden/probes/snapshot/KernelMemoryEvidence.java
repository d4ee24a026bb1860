package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A short window of the kernel's own allocations for a container's processes: bytes and calls by
 * kernel stack, and a histogram of their sizes. Kernel functions are addresses where the agent may
 * not read kallsyms.
 */
public final class KernelMemoryEvidence {
  private static final Duration OVERHEAD = Duration.ofSeconds(30);
  private static final int STACKS_IN_FILE = 200;

  /** At 3.5 microseconds each (see {@link HitCost}), three and a half seconds of one core. */
  static final int CALLS = 1_000_000;

  /** bpf_trace_run1 and so on of kernel/trace/bpf_trace.c. */
  private static final String PROBE_RUNNER = "bpf_trace_run";

  private final Bpftrace bpftrace;
  private final Tracepoints tracepoints;
  private final ArtifactStore store;
  private final Spending spending;
  private final Path kallsyms;

  public KernelMemoryEvidence(
      Bpftrace bpftrace,
      Tracepoints tracepoints,
      ArtifactStore store,
      Spending spending,
      Path procRoot) {
    this.kallsyms = procRoot.resolve("kallsyms");
    this.bpftrace = bpftrace;
    this.tracepoints = tracepoints;
    this.store = store;
    this.spending = spending;
  }

  /** What became of a window. */
  public sealed interface Outcome {}

  /**
   * What was allocated, whether freed since or not.
   *
   * @param seconds that it was watched
   * @param cut whether that was shorter than asked for: there was so much to see
   * @param lost events that are in no figure: there was no room for them
   * @param bytes of all stacks, those included that are not listed
   * @param caches bytes by the kernel's name for a kind of object, which kinds of one size may
   *     share; empty before Linux 6.1
   * @param stacks those of most bytes
   * @param sizes of single allocations, with their number: powers of two
   */
  public record Report(
      double seconds,
      boolean cut,
      long lost,
      List<Long> pids,
      long bytes,
      long calls,
      Map<String, Long> caches,
      List<Stack> stacks,
      List<JsonNode> sizes)
      implements Outcome {
    public Report {
      pids = List.copyOf(pids);
      caches = Map.copyOf(caches);
      stacks = List.copyOf(stacks);
      sizes = List.copyOf(sizes);
    }
  }

  /**
   * Allocations from one place.
   *
   * @param frames innermost first
   */
  public record Stack(long bytes, long calls, List<String> frames) {
    public Stack {
      frames = List.copyOf(frames);
    }
  }

  /** Nothing was seen. */
  public record Unseen(String reason) implements Outcome {}

  Evidence take(Order order) throws IOException {
    var missing = tracepoints.kernelMemory();
    if (missing.isPresent()) {
      return new Evidence.Refused(missing.get());
    }
    var pids = order.target().processes().stream().map(TargetProcess::pid).toList();
    if (pids.isEmpty()) {
      return new Evidence.Refused("no process was found");
    }
    return switch (watch(pids, order.window())) {
      case Unseen unseen -> new Evidence.Failed(unseen.reason());
      case Report report -> {
        spending.snapshot(
            order.target().container().key(),
            Duration.ofNanos(report.calls() * HitCost.KERNEL_ALLOCATION));
        yield Evidence.Taken.of(
            store.store(
                order.owner(),
                "kernel-memory.json",
                new ByteArrayInputStream(BpftraceLine.JSON.writeValueAsBytes(report))),
            Evidence.Told.NOTHING.of(new Evidence.Window(report.cut(), report.lost())));
      }
    };
  }

  /** Watches processes for a time, or until they have allocated {@link #CALLS} times. */
  public Outcome watch(List<Long> pids, Duration window) throws IOException {
    var seen = new KernelMemoryWindow();
    var child =
        bpftrace.start(
            program(pids, window, tracepoints.namesCaches()),
            0,
            List.of(),
            window.plus(OVERHEAD),
            seen::read);
    child.ended().join();
    if (!seen.attached()) {
      return new Unseen("bpftrace: " + child.complaint());
    }
    var stacks = seen.of("@stacks");
    long calls = stacks.values().stream().mapToLong(KernelMemoryEvidence::calls).sum();
    return new Report(
        seen.seconds().orElse(window.toMillis() / 1000.0),
        seen.of("@over").values().stream().anyMatch(over -> over.asLong() > 0),
        seen.lost(),
        pids,
        stacks.values().stream().mapToLong(KernelMemoryEvidence::bytes).sum(),
        calls,
        caches(seen.of("@caches")),
        stacks(stacks),
        seen.of("@sizes").values().stream().flatMap(buckets -> stream(buckets)).toList());
  }

  private static Stream<JsonNode> stream(JsonNode buckets) {
    return StreamSupport.stream(buckets.spliterator(), false);
  }

  private static long bytes(JsonNode stats) {
    return stats.path("total").asLong();
  }

  private static long calls(JsonNode stats) {
    return stats.path("count").asLong();
  }

  private static Map<String, Long> caches(Map<String, JsonNode> bytes) {
    return bytes.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().asLong()));
  }

  private List<Stack> stacks(Map<String, JsonNode> stats) throws IOException {
    var largest =
        stats.entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                    (Map.Entry<String, JsonNode> entry) -> -bytes(entry.getValue())))
            .limit(STACKS_IN_FILE)
            .toList();
    var names =
        KernelSymbols.names(
            kallsyms, largest.stream().flatMap(entry -> frames(entry.getKey()).stream()).toList());
    return largest.stream()
        .map(
            entry ->
                new Stack(
                    bytes(entry.getValue()),
                    calls(entry.getValue()),
                    withoutProbe(
                        frames(entry.getKey()).stream()
                            .map(
                                address ->
                                    names.getOrDefault(address, "0x" + Long.toHexString(address)))
                            .toList())))
        .toList();
  }

  /** At a raw tracepoint the innermost frames are the probe itself, and who ran it. */
  private static List<String> withoutProbe(List<String> frames) {
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i).startsWith(PROBE_RUNNER)) {
        return frames.subList(i + 1, frames.size());
      }
    }
    return frames;
  }

  /** bpftrace escapes the line ends of a stack that is a key. */
  private static List<Long> frames(String stack) {
    return Arrays.stream(stack.replace("\\n", "\n").split("\n", -1))
        .map(String::strip)
        .filter(frame -> frame.matches("(0x)?[0-9a-f]{1,16}"))
        .map(frame -> Long.parseUnsignedLong(frame.replaceFirst("^0x", ""), 16))
        .toList();
  }

  /**
   * @param namesCaches whether the tracepoint is handed the cache that an object is of, as since
   *     Linux 6.1 (include/trace/events/kmem.h). It is read by the raw tracepoint: bpftrace 0.22
   *     and 0.23 read the name that the tracepoint writes down at a wrong place
   */
  static String program(List<Long> pids, Duration window, boolean namesCaches) {
    var text = new StringBuilder("config = { max_map_keys = 16384 }\nBEGIN {\n");
    pids.forEach(pid -> text.append("  @t[%d] = 1;\n".formatted(pid)));
    text.append("  %s printf(\"start %%lu\\n\", nsecs);\n}\n".formatted(WindowClock.STARTED));
    text.append(
        """
        tracepoint:kmem:kmalloc /@t[pid]/ {
          @calls++; if (@calls > %1$d) { if (@over == 0) { @over = 1; exit(); } return; }
          @stacks[kstack(raw, 8)] = stats(args.bytes_alloc); @sizes = hist(args.bytes_alloc);
        }
        """
            .formatted(CALLS));
    text.append(
        (namesCaches
                ? """
            rawtracepoint:kmem_cache_alloc /@t[pid]/ {
              @calls++; if (@calls > %1$d) { if (@over == 0) { @over = 1; exit(); } return; }
              $cache = (struct kmem_cache *)arg2;
              @stacks[kstack(raw, 8)] = stats($cache->size); @sizes = hist($cache->size);
              @caches[str($cache->name)] = sum($cache->size);
            }
            """
                : """
            tracepoint:kmem:kmem_cache_alloc /@t[pid]/ {
              @calls++; if (@calls > %1$d) { if (@over == 0) { @over = 1; exit(); } return; }
              @stacks[kstack(raw, 8)] = stats(args.bytes_alloc); @sizes = hist(args.bytes_alloc);
            }
            """)
            .formatted(CALLS));
    text.append("END { printf(\"end %lu\\n\", nsecs); }\n");
    text.append(
        WindowClock.atEachTick("if (%s) { exit(); }".formatted(WindowClock.isOver(window))));
    return text.toString();
  }
}
