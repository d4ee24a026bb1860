package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * A directory of a container where a JVM can put a dump: on a local disk, writable, with room. On
 * any other file system it would be memory of the container itself, or go over the network.
 *
 * @param path as the container has it
 */
public record DumpPlace(Path path) {
  /** Where programs put what is theirs only for a while; other volumes are their users' data. */
  static final List<Path> CANDIDATES = List.of(Path.of("/tmp"), Path.of("/var/tmp"));

  private static final Set<String> DISKS =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs");

  /**
   * Of the disk: below this the kubelet evicts pods, imagefs.available&lt;15% by default
   * (Kubernetes 1.35, pkg/kubelet/apis/config/v1beta1/defaults_linux.go).
   */
  private static final double KEPT_FREE = 0.15;

  private static final String OVERLAY = "overlay";

  /**
   * Finds one.
   *
   * @param needed bytes that must be free
   * @param limits what Kubernetes lets a directory hold, in bytes
   * @throws JvmAttach.RefusedException when there is none, with the reason for each candidate
   * @throws IOException when the process ended
   */
  public static DumpPlace find(
      long pid, Path procRoot, long needed, Function<Path, OptionalLong> limits)
      throws IOException {
    var process = procRoot.resolve(Long.toString(pid));
    var mounts = Mounts.read(process);
    var refusals = new ArrayList<String>();
    for (var candidate : CANDIDATES) {
      var refusal =
          unfit(mounts, candidate, procRoot)
              .or(() -> overLimit(mounts, process, candidate, needed, limits.apply(candidate)))
              .or(() -> tooSmall(process, candidate, needed));
      if (refusal.isEmpty()) {
        return new DumpPlace(candidate);
      }
      refusals.add(candidate + " " + refusal.get());
    }
    throw new JvmAttach.RefusedException(
        "the container has no directory for a dump: " + String.join("; ", refusals));
  }

  /** Whether a directory is on a local disk, which answers. */
  static boolean isLocal(long pid, Path procRoot, Path directory) throws IOException {
    return unfit(Mounts.read(procRoot.resolve(Long.toString(pid))), directory, procRoot).isEmpty();
  }

  private static Optional<String> unfit(Mounts mounts, Path candidate, Path procRoot) {
    var mount = mounts.of(candidate);
    if (mount.isEmpty()) {
      return Optional.of("is on an unknown file system");
    }
    if (mount.get().readOnly()) {
      return Optional.of("is read-only");
    }
    var type = mount.get().type();
    if (type.equals(OVERLAY)) {
      return below(mount.get(), procRoot)
          .filter(below -> !DISKS.contains(below))
          .map(below -> "is an overlay on " + below + ": no local disk");
    }
    return DISKS.contains(type) ? Optional.empty() : Optional.of("is " + type + ": no local disk");
  }

  /**
   * What an overlay writes to, as the node's first process has it; empty when it cannot be told.
   */
  private static Optional<String> below(Mounts.Mount overlay, Path procRoot) {
    try {
      var node = Mounts.read(procRoot.resolve("1"));
      var upper = overlay.option("upperdir").filter(path -> path.startsWith("/"));
      var mount =
          upper.isEmpty() ? Optional.<Mounts.Mount>empty() : node.of(ProcFs.path(upper.get()));
      return mount.map(Mounts.Mount::type).filter(type -> !type.equals(OVERLAY));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** What its volume already holds counts against the limit. */
  private static Optional<String> overLimit(
      Mounts mounts, Path process, Path candidate, long needed, OptionalLong limit) {
    if (limit.isEmpty()) {
      return Optional.empty();
    }
    // A limit without a volume of its own is the candidate's.
    var volume =
        mounts
            .of(candidate)
            .map(Mounts.Mount::point)
            .filter(point -> point.getNameCount() > 0)
            .orElse(candidate);
    try {
      long held = DiskUsage.of(process.resolve("root"), volume, mounts);
      long left = limit.getAsLong() - held;
      return left < needed
          ? Optional.of(
              "may hold %d MiB and holds %d, and a dump may need %d"
                  .formatted(mib(limit.getAsLong()), mib(held), mib(needed)))
          : Optional.empty();
    } catch (IOException failure) {
      return Optional.of(
          "may hold %d MiB, and how much it holds is not known: %s"
              .formatted(mib(limit.getAsLong()), failure.getMessage()));
    }
  }

  private static Optional<String> tooSmall(Path process, Path candidate, long needed) {
    try (var directory = Held.below(process.resolve("root"), candidate)) {
      long free = free(directory.path());
      return free < needed
          ? Optional.of(
              "has %d MiB free beyond what the kubelet keeps free, and a dump may need %d"
                  .formatted(mib(Math.max(0, free)), mib(needed)))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.of("is no directory");
    }
  }

  /** Bytes of a directory's disk that may be taken before the kubelet evicts pods. */
  public static long free(Path directory) {
    long kept = (long) (directory.toFile().getTotalSpace() * KEPT_FREE);
    return directory.toFile().getUsableSpace() - kept;
  }

  private static long mib(long bytes) {
    return bytes >> 20;
  }
}
