package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.jvm.JavaProgram;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that is killed while it takes and stores a snapshot, at every boundary of what it writes
 * to the disk and to the API server, and the agent that is started after it.
 */
class KilledAgentTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  /** Lives at once: they mostly wait. */
  private static final int AT_ONCE = 4;

  @TempDir Path directory;
  private JavaProgram program;

  @BeforeEach
  void start() throws IOException {
    program = JavaProgram.start();
  }

  @AfterEach
  void stop() throws IOException {
    program.close();
  }

  @Test
  void killedAfterAnyChangeOfAFileItLeavesNoHalfArtefactAndTheNextTakesTheSnapshot()
      throws Exception {
    var mortal = new Mortal(directory);
    int changes;
    try (var unharmed = new Story("unharmed", mortal)) {
      unharmed.live(0);
      unharmed.completes();
      changes = unharmed.changes().size();
      assertThat(unharmed.changes())
          .contains("mkdir", "create", "write half", "write", "fsync", "rename", "unlink");
    }
    var stories = new ArrayList<Callable<Void>>();
    for (int after = 1; after <= changes; after++) {
      stories.add(killed(mortal, after));
    }
    all(stories);
  }

  private static void all(List<Callable<Void>> stories) throws Exception {
    try (var several = Executors.newFixedThreadPool(AT_ONCE)) {
      for (var story : several.invokeAll(stories)) {
        story.get();
      }
    }
  }

  private Callable<Void> killed(Mortal mortal, int after) {
    return () -> {
      try (var story = new Story("killed-" + after, mortal)) {
        story.live(after);
        story.ends();
        assertThat(story.changes()).hasSize(after);
        story.live(0);
        story.completes();
        return null;
      }
    };
  }

  @Test
  void killedAtAnyReportTheNextSaysWhatBecameOfIt() throws Exception {
    var mortal = new Mortal(directory);
    var stories = new ArrayList<Callable<Void>>();
    for (int nth : List.of(1, 2)) {
      stories.add(killedAtReport(mortal, nth, false));
      stories.add(killedAtReport(mortal, nth, true));
    }
    all(stories);
  }

  private Callable<Void> killedAtReport(Mortal mortal, int nth, boolean written) {
    return () -> {
      try (var story = new Story("report-" + nth + written, mortal)) {
        story.killAt(nth, written);
        story.live(0);
        story.ends();
        story.live(0);
        story.completes();
        return null;
      }
    };
  }

  @Test
  void aSnapshotThatTwoAgentsDiedOfHasFailed() throws Exception {
    var mortal = new Mortal(directory);
    try (var story = new Story("twice", mortal)) {
      for (int after : List.of(4, 6)) {
        story.live(after);
        story.ends();
      }
      story.live(0);
      await().atMost(SOON).until(() -> story.phase() == Phase.FAILED);
      assertThat(story.status().message())
          .isEqualTo("the agent ended twice while it took this snapshot");
      assertThat(story.status().artifacts()).isEmpty();
    }
  }

  /** A snapshot and the agents that see to it, one after the other. */
  private final class Story implements AutoCloseable {
    private final Path place;
    private final Mortal mortal;
    private final Snapshots snapshots = new Snapshots();
    private @Nullable Process agent;

    Story(String name, Mortal mortal) throws IOException {
      this.place = Files.createDirectories(directory.resolve(name));
      this.mortal = mortal;
      var snapshot = Snapshots.snapshot("shop", "s1", "2026-01-01T00:00:00Z");
      snapshot.setSpec(
          new MemorySnapshotSpec(
              "web-1",
              "web",
              List.of(SnapshotKind.SMAPS, SnapshotKind.HEAP_INFO),
              "2s",
              List.of()));
      snapshots.store(snapshot);
      // Of a snapshot that is gone: the first thing an agent does is to delete it.
      SnapshotAgent.store(place)
          .store(
              new ArtifactStore.Owner("shop", "s0"),
              "smaps.json",
              new ByteArrayInputStream(new byte[] {1, 2}));
    }

    void live(int changes) throws IOException {
      agent =
          SnapshotAgent.start(
              snapshots.address(),
              place,
              program.pid(),
              mortal.environment(place.resolve("store"), notes(), changes));
    }

    /** At a report, before it is written or right after. */
    void killAt(int report, boolean written) {
      snapshots.gate =
          (nth, done) -> {
            if (nth == report && done == written) {
              agent().destroyForcibly().onExit().join();
              throw new IOException("who asked for it is dead");
            }
          };
    }

    void ends() {
      await().atMost(SOON).until(() -> !agent().isAlive());
      assertThat(agent().exitValue()).as("SIGKILL").isEqualTo(128 + 9);
      if (phase() == Phase.COMPLETED) {
        assertThatEveryArtefactIsWhole();
      }
      var served = SnapshotAgent.store(place).find("shop", "s1", "smaps.json.gz");
      if (served.isPresent()) {
        assertThatCode(() -> Unzipped.json(served.get()))
            .as("whoever downloads it gets all of it")
            .doesNotThrowAnyException();
      }
    }

    void completes() {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(phase()).isEqualTo(Phase.COMPLETED);
                assertThat(files()).containsExactlyInAnyOrder("smaps.json.gz", "heap-info.txt.gz");
              });
      assertThat(status().artifacts())
          .extracting(Artifact::state)
          .containsExactly(Artifact.State.TAKEN, Artifact.State.TAKEN);
      assertThatEveryArtefactIsWhole();
    }

    private void assertThatEveryArtefactIsWhole() {
      assertThat(status().artifacts()).allSatisfy(KilledAgentTest::isWhole);
    }

    /** Every one that the store has, of whatever snapshot. */
    private List<String> files() throws IOException {
      try (var files = Files.walk(place.resolve("store"))) {
        return files
            .filter(Files::isRegularFile)
            .map(file -> file.getFileName().toString())
            .toList();
      }
    }

    MemorySnapshotStatus status() {
      return Objects.requireNonNull(snapshots.stored().getStatus());
    }

    @Nullable Phase phase() {
      var status = snapshots.stored().getStatus();
      return status == null ? null : status.phase();
    }

    private Process agent() {
      return Objects.requireNonNull(agent);
    }

    List<String> changes() throws IOException {
      return Files.readAllLines(notes());
    }

    private Path notes() {
      return place.resolve("notes");
    }

    @Override
    public void close() {
      if (agent != null) {
        agent.destroyForcibly().onExit().join();
      }
      snapshots.close();
    }
  }

  private static void isWhole(Artifact artifact) throws Exception {
    var bytes = Files.readAllBytes(Path.of(Objects.requireNonNull(artifact.path())));
    assertThat(artifact.size()).isEqualTo(bytes.length);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
        .isEqualTo(artifact.sha256());
  }
}
