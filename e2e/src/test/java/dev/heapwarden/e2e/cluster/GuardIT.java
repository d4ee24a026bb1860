package dev.heapwarden.e2e.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Volume;
import dev.heapwarden.e2e.ClusterExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.DockerClientFactory;

/** What a run leaves behind whose process is killed. */
@ExtendWith(ClusterExtension.class)
class GuardIT {
  private static final String IMAGE = "localhost/heapwarden-load:dev";

  private final Cluster cluster;
  private final DockerClient docker = DockerClientFactory.lazyClient();
  private final List<Process> started = new ArrayList<>();

  /** With the cluster comes the engine. */
  GuardIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void aKilledRunLeavesNothing() throws IOException {
    var run = start(Map.of(), "sleep", "600");
    var owner = Scripts.run(Map.of(), "guard", Long.toString(run.pid()));
    var container = startContainer(owner);
    var volume = volume(container);
    var setup = startSetup(run);
    var record = Scripts.cache().resolve("setup-" + owner + ".pid");
    await("its setup is under way")
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(record));
    assertThat(Node.running(Cluster.OWNER_LABEL, owner)).hasSize(1);
    assertThat(exists(volume)).isTrue();
    assertThat(cgroups(container)).as("cgroups of the container").isNotEmpty();
    assertThat(mounts(container)).as("mounts of the container").isNotEmpty();
    assertThat(setup.isAlive()).isTrue();
    assertThat(processesNaming(owner)).as("its guard").isNotEmpty();

    run.destroyForcibly();

    await("all of it is gone")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(setup.isAlive()).isFalse();
              assertThat(record).doesNotExist();
              assertThat(containers(owner)).isEmpty();
              assertThat(exists(volume)).as(volume).isFalse();
              assertThat(cgroups(container)).isEmpty();
              assertThat(mounts(container)).isEmpty();
              assertThat(processesNaming(owner)).isEmpty();
            });
    assertThat(cluster.client().nodes().list().getItems())
        .as("the cluster of the run that goes on")
        .isNotEmpty();
  }

  /** A container with a volume of its own. */
  private String startContainer(String owner) {
    var id =
        docker
            .createContainerCmd(IMAGE)
            .withCmd("-rate=1", "http://localhost/")
            .withLabels(Map.of(Cluster.OWNER_LABEL, owner))
            .withVolumes(new Volume("/kept"))
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
    return id;
  }

  private String volume(String container) {
    var mounts = requireNonNull(docker.inspectContainerCmd(container).exec().getMounts());
    return requireNonNull(mounts.getFirst().getName());
  }

  private static List<Path> cgroups(String container) throws IOException {
    try (var all = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
      return all.filter(path -> path.endsWith(container)).toList();
    }
  }

  /** Of all processes: the engine may have mounts of its own. */
  private static List<String> mounts(String container) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> mounts(process, container))
        .distinct()
        .toList();
  }

  private static Stream<String> mounts(ProcessHandle process, String container) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "mounts")).stream()
          .filter(line -> line.contains(container));
    } catch (IOException e) {
      // It ended meanwhile.
      return Stream.empty();
    }
  }

  /** It does not come to its end: somebody else's setup holds the lock. */
  private Process startSetup(Process run) throws IOException {
    var lock = Scripts.cache().resolve("setup.lock").toString();
    var holder =
        start(Map.of(), "flock", "--no-fork", lock, "sh", "-c", "echo held; exec sleep 600");
    assertThat(holder.inputReader().readLine()).isEqualTo("held");
    return start(
        Map.of("HEAPWARDEN_OWNER", Long.toString(run.pid())),
        Scripts.directory().resolve("setup").toString(),
        "archives");
  }

  private Process start(Map<String, String> environment, String... command) throws IOException {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    var process = builder.start();
    started.add(process);
    return process;
  }

  private List<String> containers(String owner) {
    return docker
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Cluster.OWNER_LABEL, owner))
        .exec()
        .stream()
        .map(container -> container.getId())
        .toList();
  }

  private boolean exists(String volume) {
    try {
      docker.inspectVolumeCmd(volume).exec();
      return true;
    } catch (NotFoundException _) {
      return false;
    }
  }

  private static List<Long> processesNaming(String owner) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").endsWith(owner))
        .map(ProcessHandle::pid)
        .toList();
  }
}
