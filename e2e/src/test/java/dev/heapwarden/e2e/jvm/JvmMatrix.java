package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The cells, each run once, some at a time, in the Debian that {@code e2e/tools/jdks} makes. */
final class JvmMatrix implements AutoCloseable {
  private static final Path E2E = Path.of(System.getProperty("heapwarden.root"), "e2e");

  /** Every cell; by default so few that each pair of values occurs. */
  private static final boolean FULL = Boolean.getBoolean("heapwarden.matrix.full");

  /** They wait for most of their time, but other tests run beside the few. */
  private static final int AT_A_TIME = FULL ? 4 : 2;

  /** The oldest Java that runs the program. */
  private static final String RELEASE = "17";

  private final Path roots;
  private final Path directory = Files.createTempDirectory(E2E.resolve("target"), "jvm-matrix");
  private final Path program;
  private final JvmAgent agent;
  private final ExecutorService running = Executors.newFixedThreadPool(AT_A_TIME);
  private final Map<Cell, Future<?>> outcomes = new LinkedHashMap<>();

  /** Has them begin. */
  JvmMatrix() throws IOException, InterruptedException {
    isTemurin(Path.of(System.getProperty("java.home")));
    roots = made("jdks");
    program = Files.createDirectory(directory.resolve("program"));
    compile(program);
    agent = new JvmAgent(directory, made("bpftrace").resolve("bpftrace"));
    for (var cell : FULL ? Cell.all() : Cell.pairwise(Cell.all())) {
      outcomes.put(cell, running.submit(() -> check(cell)));
    }
  }

  /** The JDK of the tests stands for it in the cells. */
  private static void isTemurin(Path home) throws IOException {
    assertThat(Files.readString(home.resolve("release")))
        .as("%s, which docs/jvm.md calls Temurin", home)
        .contains("IMPLEMENTOR=\"Eclipse Adoptium\"");
  }

  List<Cell> cells() {
    return List.copyOf(outcomes.keySet());
  }

  /** Fails as the cell did, once it has run. */
  void await(Cell cell) throws Throwable {
    try {
      Objects.requireNonNull(outcomes.get(cell)).get();
    } catch (ExecutionException failed) {
      throw failed.getCause();
    }
  }

  @Override
  public void close() throws IOException {
    running.shutdownNow();
    running.close();
    agent.close();
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private @Nullable Void check(Cell cell) throws IOException, InterruptedException {
    try (var jvm = new JvmContainer(cell, E2E.resolve("jvms/container"), roots, program)) {
      new CellCheck(jvm, agent).run();
    }
    return null;
  }

  /** Compiles the program that tells its figures. */
  static void compile(Path program) {
    var status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                RELEASE,
                "-d",
                program.toString(),
                E2E.resolve("jvms/Figures.java").toString());
    assertThat(status).as("javac").isZero();
  }

  /** The directory that a tool of {@code e2e/tools} made. */
  static Path made(String name) throws IOException, InterruptedException {
    var tool = E2E.resolve("tools").resolve(name).toString();
    var process = new ProcessBuilder(tool).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      var said = output.readAllAsString().strip();
      assertThat(process.waitFor()).as(tool).isZero();
      return Path.of(said);
    }
  }
}
