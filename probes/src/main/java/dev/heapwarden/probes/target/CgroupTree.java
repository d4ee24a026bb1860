package dev.heapwarden.probes.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The node's memory cgroups, v1 or v2: finds the directory of a container by its id, which every
 * container runtime makes part of the directory's name.
 */
public final class CgroupTree {
  private static final int DEPTH_LIMIT = 16;

  /** In the name of the cgroup of the process with which CRI-O watches over a container. */
  private static final String MONITOR = "conmon";

  private final Path hierarchy;
  private final Map<String, Path> known = new HashMap<>();

  /**
   * @param root where the node's cgroup file systems are, such as /sys/fs/cgroup. It is v2 when it
   *     has cgroup.controllers (Documentation/admin-guide/cgroup-v2.rst), else v1's memory
   *     controller is taken.
   */
  public CgroupTree(Path root) {
    hierarchy = Files.exists(root.resolve("cgroup.controllers")) ? root : root.resolve("memory");
  }

  /** The directories of those of the containers that have one; forgets all other containers. */
  public Map<String, Path> locate(Set<String> containerIds) {
    known.keySet().retainAll(containerIds);
    known.values().removeIf(directory -> !Files.isDirectory(directory));
    var missing = new HashSet<>(containerIds);
    missing.removeAll(known.keySet());
    if (!missing.isEmpty()) {
      search(missing);
    }
    return Map.copyOf(known);
  }

  /** Ids of the processes in a cgroup and those below it. */
  public static List<Long> processes(Path cgroup) {
    var pids = new ArrayList<Long>();
    try (var directories = Files.walk(cgroup, DEPTH_LIMIT)) {
      directories
          .filter(path -> path.endsWith("cgroup.procs"))
          .forEach(file -> pids.addAll(lines(file)));
    } catch (IOException | UncheckedIOException _) {
      // The cgroup vanished while it was walked: its container ended.
      return List.of();
    }
    return List.copyOf(pids);
  }

  private static List<Long> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().map(Long::parseLong).filter(pid -> pid > 0).toList();
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private void search(Set<String> missing) {
    FileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            var name = directory.getFileName().toString();
            Optional<String> found =
                name.contains(MONITOR)
                    ? Optional.empty()
                    : missing.stream().filter(name::contains).findFirst();
            if (found.isPresent()) {
              known.put(found.get(), directory);
              missing.remove(found.get());
              return FileVisitResult.SKIP_SUBTREE;
            }
            return missing.isEmpty() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException vanished) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException vanished) {
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(hierarchy, Set.of(), DEPTH_LIMIT, visitor);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
