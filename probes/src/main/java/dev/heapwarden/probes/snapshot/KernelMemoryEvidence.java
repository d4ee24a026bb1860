package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A short window of the kernel's own allocations for a container's processes: bytes by kernel
 * stack, and a histogram of their sizes. Kernel functions are addresses where the agent may not
 * read kallsyms.
 */
final class KernelMemoryEvidence {
  private static final Duration OVERHEAD = Duration.ofSeconds(30);
  private static final int STACKS_IN_FILE = 200;

  private final Bpftrace bpftrace;
  private final Tracepoints tracepoints;
  private final ArtifactStore store;
  private final Path kallsyms;

  KernelMemoryEvidence(
      Bpftrace bpftrace, Tracepoints tracepoints, ArtifactStore store, Path procRoot) {
    this.kallsyms = procRoot.resolve("kallsyms");
    this.bpftrace = bpftrace;
    this.tracepoints = tracepoints;
    this.store = store;
  }

  private record Stack(long bytes, List<String> frames) {}

  private record Report(
      double seconds,
      List<Long> pids,
      Map<String, Long> caches,
      List<Stack> stacks,
      List<JsonNode> sizes) {}

  Evidence take(Order order) throws IOException {
    var missing = tracepoints.kernelMemory();
    if (missing.isPresent()) {
      return new Evidence.Refused(missing.get());
    }
    var pids = order.target().processes().stream().map(TargetProcess::pid).toList();
    if (pids.isEmpty()) {
      return new Evidence.Refused("no process was found");
    }
    Map<String, Map<String, JsonNode>> printed = Collections.synchronizedMap(new HashMap<>());
    var child =
        bpftrace.start(
            program(pids, order.window()),
            0,
            List.of(),
            order.window().plus(OVERHEAD),
            line -> {
              if (line instanceof BpftraceLine.Values values) {
                printed.put(values.map(), values.values());
              } else if (line instanceof BpftraceLine.Text) {
                printed.put("start", Map.of());
              }
            });
    child.ended().join();
    if (!printed.containsKey("start")) {
      return new Evidence.Failed("bpftrace: " + child.complaint());
    }
    var sizes = new ArrayList<JsonNode>();
    printed
        .getOrDefault("@sizes", Map.of())
        .values()
        .forEach(buckets -> buckets.forEach(sizes::add));
    var report =
        new Report(
            order.window().toMillis() / 1000.0,
            pids,
            caches(printed.getOrDefault("@caches", Map.of())),
            stacks(printed.getOrDefault("@bytes", Map.of())),
            sizes);
    return Evidence.Taken.of(
        store.store(
            order.owner(),
            "kernel-memory.json",
            new ByteArrayInputStream(BpftraceLine.JSON.writeValueAsBytes(report))));
  }

  private static Map<String, Long> caches(Map<String, JsonNode> bytes) {
    return bytes.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().asLong()));
  }

  private List<Stack> stacks(Map<String, JsonNode> bytes) throws IOException {
    var largest =
        bytes.entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                    (Map.Entry<String, JsonNode> entry) -> -entry.getValue().asLong()))
            .limit(STACKS_IN_FILE)
            .toList();
    var names =
        KernelSymbols.names(
            kallsyms, largest.stream().flatMap(entry -> frames(entry.getKey()).stream()).toList());
    return largest.stream()
        .map(
            entry ->
                new Stack(
                    entry.getValue().asLong(),
                    frames(entry.getKey()).stream()
                        .map(
                            address ->
                                names.getOrDefault(address, "0x" + Long.toHexString(address)))
                        .toList()))
        .toList();
  }

  /** bpftrace escapes the line ends of a stack that is a key. */
  private static List<Long> frames(String stack) {
    return Arrays.stream(stack.replace("\\n", "\n").split("\n", -1))
        .map(String::strip)
        .filter(frame -> frame.matches("(0x)?[0-9a-f]{1,16}"))
        .map(frame -> Long.parseUnsignedLong(frame.replaceFirst("^0x", ""), 16))
        .toList();
  }

  static String program(List<Long> pids, Duration window) {
    var text = new StringBuilder("config = { max_map_keys = 16384 }\nBEGIN {\n");
    pids.forEach(pid -> text.append("  @t[%d] = 1;\n".formatted(pid)));
    text.append("  printf(\"start %lu\\n\", nsecs);\n}\n");
    text.append(
        """
        tracepoint:kmem:kmalloc /@t[pid]/ {
          @bytes[kstack(raw, 6)] = sum(args.bytes_alloc); @sizes = hist(args.bytes_alloc);
        }
        tracepoint:kmem:kmem_cache_alloc /@t[pid]/ {
          @bytes[kstack(raw, 6)] = sum(args.bytes_alloc); @sizes = hist(args.bytes_alloc);
          @caches[str(args.name)] = sum(args.bytes_alloc);
        }
        """);
    text.append("interval:ms:%d { exit(); }\n".formatted(window.toMillis()));
    return text.toString();
  }
}
