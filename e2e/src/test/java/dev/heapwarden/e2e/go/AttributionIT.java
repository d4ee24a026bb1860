package dev.heapwarden.e2e.go;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the kernel tells is told of the process that did it: on an ordinary node, and on one that is
 * a container itself (kind, k3d, K3sContainer), beside another such node, where other processes
 * have the same pids and run the same file. It needs root, and bpftrace from the agent's image,
 * which comes with the cluster: {@code mvn verify -Pmatrix}.
 */
@Tag("matrix")
@Isolated("page faults are counted")
@ExtendWith(ClusterExtension.class)
class AttributionIT {
  private static final List<String> OWN_PIDS =
      List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");

  private static final String WITH_TRACEFS =
      "[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing; exec"
          + " \"$@\"";

  /** Starts a command under a pid of choice. */
  private static final String UNDER_PID =
      "echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid; shift; \"$@\" >/dev/null & echo $!; wait";

  /** Takes a hundred page faults whenever it executes itself again, under its own pid. */
  private static final String RESTLESS = "#!/bin/bash\nsleep 0.02\nexec \"$0\"\n";

  private final List<Process> started = new ArrayList<>();
  private final Cluster cluster;
  private Path directory;
  @TempDir private Path files;

  AttributionIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void make() throws IOException {
    assertThat(cluster).isNotNull();
    // A path of a uprobe may have 40 characters, those of /proc/PID/root included.
    directory = Files.createDirectory(Path.of("/tmp/at" + ProcessHandle.current().pid()));
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    for (var process : started) {
      process.destroyForcibly().waitFor();
    }
    try (var left = Files.walk(directory)) {
      for (var file : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Timeout(240)
  @ParameterizedTest(name = "nested: {0}")
  @ValueSource(booleans = {false, true})
  void whatAProcessDoesIsToldOfItAndOfNoOtherWithItsPid(boolean nested) throws Exception {
    var program =
        Files.copy(
            GoMatrix.made(GoMatrix.tool("maps")).resolve("go1.26.8-symbols"),
            directory.resolve("maps"));
    var agent = start(nested, attribution(program));
    var said = new ArrayList<String>();
    var pid = readUntil("pid ", agent.inputReader(), said);
    assertThat(said)
        .contains("PageFaults ATTACHED null", "GoGc ATTACHED null", "GoMapGrowth ATTACHED null");

    var opener = said.stream().filter(line -> line.startsWith("opener ")).findFirst().orElseThrow();
    elsewhere(pid, List.of(program.toString()));
    elsewhere(pid, List.of(restless().toString()));
    elsewhere(opener.substring("opener ".length()), KernelWindow.opener(5 * Attribution.PAIRS));
    agent.outputWriter().append("\n").flush();

    var faults = readUntil("faults ", agent.inputReader(), said).split(" ", -1);
    double happened = Double.parseDouble(faults[1]);
    assertThat(Double.parseDouble(faults[0]))
        .as("page faults counted, of %s that happened", happened)
        .isBetween(0.5 * happened, 1.1 * happened + 20);
    var live = readUntil("live ", agent.inputReader(), said).split(" ", -1);
    assertThat(Integer.parseInt(live[0])).as("collections told").isGreaterThan(10);
    assertThat(live[1]).as("of them those of another process").isEqualTo("0");
    isOfIt(new ObjectMapper().readTree(readUntil("maps ", agent.inputReader(), said)));
    var kernel = new ObjectMapper().readTree(readUntil("kernel ", agent.inputReader(), said));
    assertThat(
            KernelWindow.sum(KernelWindow.sockets(kernel).stream(), "calls")
                / kernel.path("seconds").asDouble())
        .as("sockets opened a second, by %s", kernel)
        .isBetween(1.5 * Attribution.PAIRS, 2.5 * Attribution.PAIRS);
  }

  /** Its maps are told, each at its pace: those of the other are as many, at the same addresses. */
  private static void isOfIt(JsonNode window) {
    assertThat(KernelWindow.stream(window.path("maps")))
        .as("maps of %s", window)
        .filteredOn(map -> map.path("type").asText().equals("map[string]int"))
        .singleElement()
        .satisfies(
            map -> {
              assertThat(map.path("writesPerSecond").asDouble())
                  .isBetween(0.75 * MapsProgram.PACE, 1.25 * MapsProgram.PACE);
              assertThat(map.path("entriesPerSecond").asDouble())
                  .isBetween(0.75 * MapsProgram.PACE, 1.25 * MapsProgram.PACE);
              assertThat(map.path("sites").get(0).path("function").asText())
                  .isEqualTo("main.putName");
            });
  }

  private List<String> attribution(Path program) throws IOException, InterruptedException {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        "-Dheapwarden.root=" + System.getProperty("heapwarden.root"),
        Attribution.class.getName(),
        directory.toString(),
        program.toString(),
        GoMatrix.made(GoMatrix.tool("bpftrace")).resolve("bpftrace").toString());
  }

  private Process start(boolean nested, List<String> command) throws IOException {
    var whole = new ArrayList<>(nested ? OWN_PIDS : List.<String>of());
    whole.addAll(List.of("unshare", "--mount", "sh", "-c", WITH_TRACEFS, "sh"));
    whole.addAll(command);
    return run(whole);
  }

  /** Runs a command under a pid, in a namespace beside ours. */
  private void elsewhere(String pid, List<String> command) throws IOException {
    var whole = new ArrayList<>(OWN_PIDS);
    whole.addAll(List.of("bash", "-c", UNDER_PID, "bash", pid));
    whole.addAll(command);
    assertThat(run(whole).inputReader().readLine()).isEqualTo(pid);
  }

  private Process run(List<String> command) throws IOException {
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private Path restless() throws IOException {
    var script = Files.writeString(files.resolve("restless"), RESTLESS);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  /** What stands behind a word at the beginning of a line. */
  private static String readUntil(String word, BufferedReader output, List<String> said)
      throws IOException {
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      said.add(line);
      if (line.startsWith(word)) {
        return line.substring(word.length());
      }
    }
    throw new AssertionError("it ended after saying " + said);
  }
}
