package dev.heapwarden.e2e.go;

import dev.heapwarden.probes.gclog.GoTrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A running program of {@code e2e/maps}, with what it says of itself. */
final class MapsProgram implements AutoCloseable {
  /** Entries per second of each of its maps; {@code pace} in main.go. */
  static final int PACE = 300;

  private final String name;
  private final Process process;
  private final Set<Long> live = ConcurrentHashMap.newKeySet();
  private final List<Double> markTerminations = new CopyOnWriteArrayList<>();
  private volatile long entries;
  private final AtomicInteger collections = new AtomicInteger();

  /** Starts it. */
  MapsProgram(Path executable) throws IOException {
    this(String.valueOf(executable.getFileName()), List.of(executable.toString()));
  }

  private MapsProgram(String name, List<String> command) throws IOException {
    this.name = name;
    var builder = new ProcessBuilder(command);
    builder.environment().put("GOMAXPROCS", "1");
    builder.environment().put("GODEBUG", "gctrace=1");
    process = builder.start();
    Thread.ofVirtual().start(this::listen);
    Thread.ofVirtual().start(this::trace);
  }

  /** Starts it in a pid namespace of its own, as container runtimes do. */
  static MapsProgram contained(String name, Path executable) throws IOException {
    return new MapsProgram(
        name, List.of("unshare", "--pid", "--fork", "--kill-child", executable.toString()));
  }

  /** Such as {@code go1.26.8-stripped}. */
  @Override
  public String toString() {
    return name;
  }

  /** Of the program itself, not of what contains it. */
  long pid() {
    return process.children().findFirst().map(ProcessHandle::pid).orElse(process.pid());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** How many collections it has told of. */
  int collections() {
    return collections.get();
  }

  /** What its collections found live, as its own runtime says. */
  Set<Long> live() {
    return Set.copyOf(live);
  }

  /** Seconds of the mark terminations of its collections, as its own runtime says. */
  List<Double> markTerminations() {
    return List.copyOf(markTerminations);
  }

  /** What each of its maps held within the last second. */
  long entries() {
    return entries;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void trace() {
    try (BufferedReader lines = process.errorReader()) {
      lines
          .lines()
          .flatMap(line -> GoTrace.parse(line).stream())
          .forEach(trace -> markTerminations.add(trace.markTermination() / 1e9));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen() {
    try (BufferedReader output = process.inputReader()) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        var words = List.of(line.split(" ", -1));
        live.add(Long.parseLong(words.getLast()));
        entries = Long.parseLong(words.getFirst());
        collections.incrementAndGet();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
