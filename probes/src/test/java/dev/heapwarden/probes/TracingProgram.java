package dev.heapwarden.probes;

import dev.heapwarden.probes.go.GoPrograms;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A Go program with gctrace, and the container runtime that writes its log. */
final class TracingProgram implements AutoCloseable {
  private final Process process;

  /**
   * @param podLogs as /var/log/pods of a node
   */
  TracingProgram(Path podLogs) throws IOException {
    this(podLogs, ProcessBuilder.Redirect.PIPE);
  }

  private TracingProgram(Path podLogs, ProcessBuilder.Redirect error) throws IOException {
    var builder = new ProcessBuilder(GoPrograms.build("gclog", "churn", "local").toString(), "on");
    builder.environment().put("GODEBUG", "gctrace=0,madvdontneed=1,gctrace=1");
    process = builder.redirectError(error).start();
    var log = Files.createDirectories(podLogs.resolve("shop_web-1_uid/web")).resolve("0.log");
    Files.writeString(log, Instant.now() + " stdout F ready\n", StandardOpenOption.CREATE);
    Thread.ofVirtual().start(() -> copy(log));
  }

  /** Another, which writes where this one does. */
  TracingProgram child(Path podLogs) throws IOException {
    var error = new File("/proc/" + pid() + "/fd/2");
    return new TracingProgram(podLogs, ProcessBuilder.Redirect.appendTo(error));
  }

  long pid() {
    return process.pid();
  }

  private void copy(Path log) {
    process
        .errorReader()
        .lines()
        .forEach(
            line -> {
              try {
                Files.writeString(
                    log, Instant.now() + " stderr F " + line + "\n", StandardOpenOption.APPEND);
              } catch (IOException failure) {
                throw new UncheckedIOException(failure);
              }
            });
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
