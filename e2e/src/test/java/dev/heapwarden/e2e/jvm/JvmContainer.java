package dev.heapwarden.e2e.jvm;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A cell's JVM, running {@code e2e/jvms/Figures.java} in a container of its own. */
final class JvmContainer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String READY = "ready";
  private static final Path PROC = Path.of("/proc");

  private final Cell cell;
  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Map<String, Long>> figures = new LinkedBlockingQueue<>();
  private final Thread listener;

  /**
   * Starts it, and waits until its heap is filled.
   *
   * @param container the script that makes one
   * @param roots what {@code e2e/tools/jdks} made
   * @param program where its class is
   */
  JvmContainer(Cell cell, Path container, Path roots, Path program) throws IOException {
    this.cell = cell;
    var root = roots.resolve(cell.jdk().release);
    var command = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
    command.addAll(
        List.of(
            container.toString(),
            root.toString(),
            System.getProperty("java.home"),
            program.toString(),
            cell.user().name().toLowerCase(Locale.ROOT),
            cell.mode() == Cell.Mode.READ_ONLY ? "read-only" : "writable",
            java(root, cell.jdk()),
            cell.gc().option,
            "-Xmx384m",
            // Each of more would leave a page of ZGC that is not full.
            "-XX:ConcGCThreads=1",
            "-XX:TieredStopAtLevel=1",
            "-XX:NativeMemoryTracking=summary"));
    command.addAll(cell.mode().options());
    command.addAll(List.of("-cp", "/opt/program", "Figures"));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    listener = Thread.ofVirtual().start(this::listen);
    try {
      await(cell + " to be ready")
          .pollInSameThread()
          .atMost(PATIENCE)
          .until(() -> output.contains(READY) || !process.isAlive());
      if (!output.contains(READY)) {
        throw new IOException(cell + " ended at once: " + output);
      }
    } catch (IOException | RuntimeException failure) {
      process.destroyForcibly();
      throw failure;
    }
  }

  private static String java(Path root, Cell.Jdk jdk) throws IOException {
    if (jdk == Cell.Jdk.TEMURIN_25) {
      return "/opt/jdk/bin/java";
    }
    try (var homes =
        Files.newDirectoryStream(root.resolve(jdk.parent.substring(1)), jdk.name + "*")) {
      return Path.of(jdk.parent, homes.iterator().next().getFileName().toString(), "bin/java")
          .toString();
    }
  }

  Cell cell() {
    return cell;
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Of all its processes, as this machine numbers them. */
  List<Long> pids() {
    return process.descendants().map(ProcessHandle::pid).toList();
  }

  /** Has it collect, and gives the figures that it tells then, by their names. */
  Map<String, Long> collect() throws IOException, InterruptedException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    var told = figures.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (told == null) {
      throw new IOException(cell + " tells nothing: " + output);
    }
    return told;
  }

  /** The files in it that it did not begin with. */
  Set<String> files() throws IOException {
    var first = PROC.resolve(Long.toString(process.children().findFirst().orElseThrow().pid()));
    var found = files(first.resolve("fd/4/."));
    files(first.resolve("root/tmp/.")).forEach(file -> found.add("tmp/" + file));
    return found;
  }

  private static Set<String> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> directory.relativize(file).toString())
          .collect(Collectors.toSet());
    }
  }

  /**
   * Has it end by itself.
   *
   * @return what it printed
   * @throws IOException when it did not end well
   */
  List<String> end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(cell + " did not end by itself: " + output);
    }
    listener.join();
    return List.copyOf(output);
  }

  /** All that runs in it ends with its first process, and what is mounted there with them. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader()) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.startsWith("held=")) {
          figures.add(parse(line));
        }
      }
    } catch (IOException ended) {
      throw new UncheckedIOException(ended);
    }
  }

  private static Map<String, Long> parse(String line) {
    return Stream.of(line.split(" ", -1))
        .map(figure -> figure.split("=", 2))
        .collect(Collectors.toMap(figure -> figure[0], figure -> Long.valueOf(figure[1])));
  }
}
