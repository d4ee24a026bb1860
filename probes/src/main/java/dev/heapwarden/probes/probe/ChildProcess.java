package dev.heapwarden.probes.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child that cannot outlive the agent: the kernel kills it when the thread that started it ends
 * (PR_SET_PDEATHSIG, set by {@code setpriv}), so that thread is the child's own and lives as long.
 */
public final class ChildProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

  /** bpftrace needs about six seconds to detach ninety probes. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final int KEPT_MESSAGES = 20;
  private static final List<String> TIED = List.of("setpriv", "--pdeathsig", "KILL", "--");

  private final String name;
  private final List<String> command;
  private final Consumer<String> lines;
  private final List<Path> leftovers;
  private final ProcessBuilder.Redirect input;
  private final Map<String, String> environment;
  private final CompletableFuture<Process> started = new CompletableFuture<>();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final List<String> messages = new ArrayList<>();

  /**
   * @param lines receives standard output, on the child's thread
   * @param leftovers files to delete when the child ended
   */
  ChildProcess(String name, List<String> command, Consumer<String> lines, List<Path> leftovers) {
    this(name, command, lines, leftovers, ProcessBuilder.Redirect.PIPE, Map.of());
  }

  private ChildProcess(
      String name,
      List<String> command,
      Consumer<String> lines,
      List<Path> leftovers,
      ProcessBuilder.Redirect input,
      Map<String, String> environment) {
    this.name = name;
    this.command = Stream.concat(TIED.stream(), command.stream()).toList();
    this.lines = lines;
    this.leftovers = List.copyOf(leftovers);
    this.input = input;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Starts a child whose standard input is a file.
   *
   * @param environment besides the agent's own
   * @param lines receives standard output, on the child's thread
   */
  public static ChildProcess reading(
      Path input,
      String name,
      List<String> command,
      Map<String, String> environment,
      Consumer<String> lines,
      Duration deadline) {
    var child =
        new ChildProcess(
            name,
            command,
            lines,
            List.of(),
            ProcessBuilder.Redirect.from(input.toFile()),
            environment);
    child.start(deadline);
    return child;
  }

  void start(@Nullable Duration deadline) {
    Thread.ofPlatform().name("child-" + name).daemon().start(this::live);
    if (deadline != null) {
      unlessEndedWithin(deadline, () -> stopLate(deadline));
    }
  }

  /** Completes with the exit status, 128 + signal when killed, or -1 when it could not start. */
  public CompletableFuture<Integer> ended() {
    return ended.copy();
  }

  /** Its pid; empty before it was started. */
  OptionalLong pid() {
    var process = started.getNow(null);
    return process == null ? OptionalLong.empty() : OptionalLong.of(process.pid());
  }

  /**
   * Asks it to detach, tell what it has and end: SIGTERM, then SIGKILL.
   *
   * <p>bpftrace has one handler for SIGINT and SIGTERM (src/run_bpftrace.cpp). But a second SIGINT
   * ends it while it prints its maps, and to a child of an agent that was started in the background
   * of a shell SIGINT is nothing until that handler is there: SIGTERM has neither fault.
   */
  public void stop() {
    var _ =
        started.thenAccept(
            process -> {
              // Not Process.destroy(): that closes our end of the child's output, with its last
              // words in it.
              process.toHandle().destroy();
              unlessEndedWithin(GRACE, process.toHandle()::destroyForcibly);
            });
  }

  /**
   * That it was late, else what it said on standard error first, warnings left out, or its status
   * when it said nothing.
   */
  public String complaint() {
    synchronized (messages) {
      return messages.stream()
          .findFirst()
          .orElse("ended with status " + (ended.isDone() ? ended.join() : "unknown"));
    }
  }

  private void stopLate(Duration deadline) {
    LOG.warn("child is over its deadline name={}", name);
    synchronized (messages) {
      messages.addFirst("it was not done within %.1f s".formatted(deadline.toMillis() / 1e3));
    }
    stop();
  }

  private void unlessEndedWithin(Duration limit, Runnable action) {
    var _ =
        ended
            .copy()
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (status, late) -> {
                  if (late != null) {
                    action.run();
                  }
                });
  }

  private void live() {
    int status = -1;
    try {
      var builder = new ProcessBuilder(command).redirectInput(input);
      builder.environment().putAll(environment);
      var process = builder.start();
      started.complete(process);
      var listener = Thread.ofVirtual().start(() -> listen(process));
      process.getOutputStream().close();
      try (BufferedReader output = process.inputReader()) {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
          lines.accept(line);
        }
      }
      status = process.waitFor();
      listener.join();
    } catch (IOException failure) {
      note(String.valueOf(failure.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      var _ = started.thenAccept(Process::destroyForcibly);
      delete();
      ended.complete(status);
    }
  }

  private void listen(Process process) {
    try (BufferedReader errors = process.errorReader()) {
      for (var line = errors.readLine(); line != null; line = errors.readLine()) {
        if (!line.isBlank() && !line.contains("WARNING:")) {
          note(line);
        }
      }
    } catch (IOException closed) {
      LOG.debug("standard error closed name={}", name, closed);
    }
  }

  private void note(String message) {
    synchronized (messages) {
      if (messages.size() < KEPT_MESSAGES) {
        messages.add(message);
      }
    }
  }

  private void delete() {
    for (var leftover : leftovers) {
      try {
        Files.deleteIfExists(leftover);
      } catch (IOException undeleted) {
        LOG.warn("file stays path={}", leftover, undeleted);
      }
    }
  }
}
