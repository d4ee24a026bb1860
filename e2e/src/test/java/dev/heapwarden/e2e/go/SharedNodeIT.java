package dev.heapwarden.e2e.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Programs that share a node's probes: many of one image, and some that end while they are attached
 * to. It needs root, and bpftrace from the agent's image, which comes with the cluster: {@code mvn
 * verify -Pmatrix}.
 */
@Tag("matrix")
@Isolated("collections are counted")
@ExtendWith(ClusterExtension.class)
class SharedNodeIT {
  private static final Attachment GC = new Attachment("GoGc", Attachment.State.ATTACHED, null);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<MapsProgram> programs = new ArrayList<>();
  private final Path bpftrace;
  private final Path built;
  private Path directory;

  SharedNodeIT(Cluster cluster) throws IOException, InterruptedException {
    assertThat(cluster).isNotNull();
    bpftrace = GoMatrix.made(GoMatrix.tool("bpftrace")).resolve("bpftrace");
    built = GoMatrix.made(GoMatrix.tool("maps"));
  }

  @BeforeEach
  void make() throws IOException {
    // A path of a uprobe may have 40 characters.
    directory = Files.createTempDirectory(Path.of("/tmp"), "sn");
  }

  @AfterEach
  void end() throws IOException {
    programs.forEach(MapsProgram::close);
    try (var left = Files.walk(directory)) {
      for (var file : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Test
  void ofTenPodsOfOneImageEachIsToldItsOwnCollections() throws Exception {
    var image = copy("go1.26.8-stripped");
    for (int pod = 0; pod < 10; pod++) {
      programs.add(MapsProgram.contained("pod-" + pod, image));
    }
    await().atMost(PATIENCE).until(() -> programs.stream().allMatch(it -> it.collections() > 0));
    try (var agent = new HostAgent(bpftrace, directory, programs)) {
      agent.attach();
      assertThat(programs).allSatisfy(it -> assertThat(agent.attachments(it)).contains(GC));
      // One of them stops collecting: the others' are not its own.
      var still = programs.removeFirst();
      still.close();
      var before = programs.stream().map(it -> told(agent, it) - it.collections()).toList();
      double ofStill = told(agent, still);

      Thread.sleep(10_000);

      for (int pod = 0; pod < programs.size(); pod++) {
        var program = programs.get(pod);
        assertThat(told(agent, program) - program.collections() - before.get(pod))
            .as("%s", program)
            .isBetween(-1.0, 1.0);
        assertThat(program.collections()).isGreaterThan(8);
      }
      assertThat(told(agent, still)).isEqualTo(ofStill);
    }
  }

  @Test
  void noCollectionIsMissedOrToldTwiceWhileOtherPodsComeAndGo() throws Exception {
    var image = copy("go1.26.8-stripped");
    for (int pod = 0; pod < 4; pod++) {
      programs.add(MapsProgram.contained("pod-" + pod, image));
    }
    await().atMost(PATIENCE).until(() -> programs.stream().allMatch(it -> it.collections() > 0));
    var steady = programs.getFirst();
    try (var agent = new HostAgent(bpftrace, directory, programs)) {
      become(agent, List.of(steady));
      int began = steady.collections();
      double before = told(agent, steady) - began;
      for (int others : new int[] {1, 2, 3, 1, 0, 2}) {
        become(agent, programs.subList(0, 1 + others));
        assertThat(told(agent, steady) - steady.collections() - before)
            .as("beside %d others", others)
            .isBetween(-1.0, 1.0);
      }
      assertThat(steady.collections()).isGreaterThan(began + 5);
    }
  }

  /** It was there when the node's processes were listed. */
  @Test
  void aPodThatIsDeletedWhileItIsAttachedToKeepsNoOtherFromItsProbes() throws Exception {
    var deleted = new MapsProgram(copy("go1.25.9-cgo"));
    var other = new MapsProgram(copy("go1.26.8-symbols"));
    programs.addAll(List.of(deleted, other));
    await().atMost(PATIENCE).until(() -> programs.stream().allMatch(it -> it.collections() > 0));
    try (var agent = new HostAgent(bpftrace, directory, programs)) {
      deleted.close();
      await().until(() -> !deleted.isAlive());

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                agent.attach();
                return agent.attachments(other).contains(GC);
              });
      int before = other.collections();
      await().atMost(PATIENCE).until(() -> other.collections() > before + 3);
      assertThat(told(agent, other)).isPositive();
      assertThat(agent.attachments(deleted)).doesNotContain(GC);
    }
  }

  /** Until the probes are in these programs and in no others. */
  private void become(HostAgent agent, List<MapsProgram> among) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              agent.attachOnly(among);
              return programs.stream()
                  .allMatch(it -> agent.attachments(it).contains(GC) == among.contains(it));
            });
  }

  private Path copy(String program) throws IOException {
    return Files.copy(built.resolve(program), directory.resolve(program));
  }

  private static double told(HostAgent agent, MapsProgram program) {
    return agent.samples(program).stream()
        .map(sample -> sample.values().get(Signal.COLLECTIONS))
        .filter(Objects::nonNull)
        .reduce(0.0, (_, latest) -> latest);
  }
}
