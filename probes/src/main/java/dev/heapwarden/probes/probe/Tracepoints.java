package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which tracepoints the kernel offers. */
public final class Tracepoints {
  private final Path tracefs;

  /**
   * @param tracefs where it is mounted, such as /sys/kernel/tracing
   */
  public Tracepoints(Path tracefs) {
    this.tracefs = tracefs;
  }

  /** Why page faults cannot be counted; empty when they can. */
  public Optional<String> pageFaults() {
    return missing("exceptions/page_fault_user");
  }

  /** Why kernel allocations cannot be counted; empty when they can. */
  public Optional<String> kernelMemory() {
    return missing("kmem/kmalloc");
  }

  /** Whether an allocation of an object says of which kind it is, as it does since Linux 6.1. */
  public boolean namesCaches() {
    try (var format =
        Files.lines(tracefs.resolve("events/kmem/kmem_cache_alloc/format"), ProcFs.ANY_BYTES)) {
      return format.anyMatch(line -> line.contains(" name;"));
    } catch (IOException | UncheckedIOException _) {
      return false;
    }
  }

  private Optional<String> missing(String event) {
    if (!Files.isDirectory(tracefs.resolve("events"))) {
      return Optional.of("tracefs is not mounted at " + tracefs);
    }
    return Files.isDirectory(tracefs.resolve("events").resolve(event))
        ? Optional.empty()
        : Optional.of("kernel without tracepoint " + event.replace('/', ':'));
  }
}
