package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.Baseline;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RevisionBookTest {
  private static final RevisionBook.Line LINE = new RevisionBook.Line("uid-checkout", "checkout");
  private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant SECOND = FIRST.plus(Duration.ofDays(1));
  private static final Duration HOUR = Duration.ofHours(1);

  private final RevisionBook book = new RevisionBook();

  @Test
  void theRevisionBeforeIsToldAtTheSameAge() {
    add("a", FIRST, HOUR, 100, true);
    add("a", FIRST, HOUR.multipliedBy(3), 20, true);

    assertThat(before("b", SECOND, HOUR)).contains(new Baseline(100, true));
    assertThat(before("b", SECOND, HOUR.multipliedBy(3)))
        .map(Baseline::bytesPerSecond)
        .hasValue(20.0);
    assertThat(before("b", SECOND, HOUR.multipliedBy(9))).as("none became as old").isEmpty();
  }

  @Test
  void ofSeveralPodsTheFastestCountsAndTheOneThatWasSuspected() {
    add("a", FIRST, HOUR, 100, true);
    add("a", FIRST, HOUR, 300, false);

    assertThat(before("b", SECOND, HOUR)).contains(new Baseline(300, true));
  }

  /** The old pods of a rollout that still run have none but the one before them. */
  @Test
  void aLaterRevisionIsNoneBefore() {
    add("a", FIRST, HOUR, 1, false);
    add("b", SECOND, HOUR, 100, true);

    assertThat(before("a", SECOND, HOUR)).isEmpty();
    assertThat(before("b", SECOND, HOUR)).map(Baseline::bytesPerSecond).hasValue(1.0);
  }

  @Test
  void theOldestRevisionIsForgottenFirst() {
    for (int revision = 0; revision < 4; revision++) {
      add("r" + revision, FIRST.plus(Duration.ofDays(revision)), HOUR, revision, false);
    }

    assertThat(before("r1", FIRST.plus(Duration.ofDays(1)), HOUR)).isEmpty();
    assertThat(before("r2", FIRST.plus(Duration.ofDays(2)), HOUR)).isPresent();
  }

  @Test
  void aPodsRevisionIsTheOneOfItsController() {
    assertThat(RevisionBook.revision(Cluster.pod("a", Map.of("pod-template-hash", "5d8f"))))
        .isEqualTo("5d8f");
    assertThat(RevisionBook.revision(Cluster.pod("a", Map.of("controller-revision-hash", "7c"))))
        .isEqualTo("7c");
    assertThat(RevisionBook.revision(Cluster.pod("a", Map.of()))).isEmpty();
  }

  private Optional<Baseline> before(String revision, Instant startedAt, Duration age) {
    return book.before(LINE, revision, startedAt, age);
  }

  private void add(
      String revision, Instant startedAt, Duration age, double growth, boolean suspected) {
    var evidence =
        new Evidence(
            Layer.RUNTIME,
            Cause.UNKNOWN,
            "It is so.",
            new Growth(growth, growth, growth, 1e8, 20, age),
            null,
            "",
            List.of(),
            Map.of());
    book.add(
        LINE,
        revision,
        startedAt,
        new Assessment(
            LINE.workloadUid(),
            Cluster.key("a"),
            RuntimeKind.GO,
            false,
            suspected ? new Verdict.Suspected(evidence) : new Verdict.Healthy(evidence),
            age,
            startedAt.plus(age)));
  }
}
