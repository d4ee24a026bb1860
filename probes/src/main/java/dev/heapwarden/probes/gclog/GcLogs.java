package dev.heapwarden.probes.gclog;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.jvm.GcLogOutput;
import dev.heapwarden.probes.jvm.Held;
import dev.heapwarden.probes.jvm.JvmFigures;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Finds the logs of collections.
 *
 * @param podLogs /var/log/pods of the node; empty where the agent is not given it
 */
public record GcLogs(Optional<Path> podLogs, ProcFs proc, InstantSource clock, GcLogCounts counts) {
  private static final String GO_DEBUG = "GODEBUG";
  private static final String GO_TRACE = "gctrace=";

  /** Whether a Go program writes its collections down. */
  public boolean tracesGo(long pid) throws IOException {
    // The last setting of a name counts (Go 1.21 to 1.27, src/runtime/runtime1.go, parsegodebug).
    return Stream.of(proc.variable(pid, GO_DEBUG).orElse("").split(",", -1))
        .filter(setting -> setting.startsWith(GO_TRACE))
        .reduce((_, later) -> later)
        .filter(setting -> setting.substring(GO_TRACE.length()).matches("[1-9][0-9]{0,8}"))
        .isPresent();
  }

  /** Where a JVM writes its collections down; empty where it does not. */
  public Optional<GcLogOutput> ofJvm(long pid) throws IOException {
    return GcLogOutput.of(pid, proc.root());
  }

  /** Follows what a Go program writes into its container's log. */
  public GcLog<GoTrace> go(ContainerKey container, BiConsumer<Instant, GoTrace> told)
      throws IOException {
    return GcLog.inContainerLog(inContainer(container), new GoGcLog(), counts, told);
  }

  /** Follows what a JVM writes. */
  public GcLog<JvmFigures> jvm(
      ContainerKey container, long pid, GcLogOutput output, BiConsumer<Instant, JvmFigures> told)
      throws IOException {
    return switch (output) {
      case GcLogOutput.Console console -> {
        if (console.twice()) {
          // Which of two alike lines is the copy cannot be told: a launcher may redirect either.
          throw new IOException(
              "its -Xlog has collections written to standard output and to standard error:"
                  + " each would count twice");
        }
        yield GcLog.inContainerLog(inContainer(container), new JvmGcLog(), counts, told);
      }
      case GcLogOutput.File file -> {
        var path = file.find(pid, proc.root());
        yield GcLog.inFile(() -> ofJvm(pid, path), clock, new JvmGcLog(), counts, told);
      }
    };
  }

  private FollowedFile.Place inContainer(ContainerKey container) throws IOException {
    var logs =
        podLogs.orElseThrow(
            () ->
                new IOException(
                    "the agent does not see the logs of containers:"
                        + " the chart's agent.podLogs is empty"));
    return () -> new PodLogs(logs).newest(container);
  }

  /** No name of a path that the kernel tells is a symbolic link. */
  private Held ofJvm(long pid, Path path) throws IOException {
    var root = proc.directory(pid).resolve("root");
    int directories = path.getNameCount() - 1;
    try {
      if (directories == 0) {
        return Held.file(root.resolve(path.getName(0)));
      }
      try (var directory = Held.below(root, path.subpath(0, directories))) {
        return Held.file(directory.path().resolve(path.getName(directories)));
      }
    } catch (IOException _) {
      throw new IOException("the file that its -Xlog names is not there");
    }
  }
}
