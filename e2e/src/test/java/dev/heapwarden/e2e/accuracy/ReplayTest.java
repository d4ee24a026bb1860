package dev.heapwarden.e2e.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.e2e.corpus.Corpus;
import dev.heapwarden.e2e.corpus.Program;
import dev.heapwarden.e2e.corpus.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A recorded trace, judged again. */
class ReplayTest {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("heapwarden.root")).resolve("e2e/corpus");

  private static final Corpus CORPUS = Corpus.in(DIRECTORY);
  private static final Program PROGRAM =
      CORPUS
          .programs()
          .filter(program -> Files.exists(Trace.file(DIRECTORY, program)))
          .findFirst()
          .orElseThrow();

  private final Trace trace = Trace.read(Trace.file(DIRECTORY, PROGRAM));

  @Test
  void aTraceIsJudgedAlikeEachTime() {
    var verdicts = replay().stream().map(new Heapwarden()::verdict).toList();

    assertThat(verdicts).isNotEmpty();
    assertThat(replay().stream().map(new Heapwarden()::verdict).toList()).isEqualTo(verdicts);
  }

  @Test
  void nothingIsKnownBeforeItCame() {
    assertThat(replay())
        .allSatisfy(
            moment ->
                assertThat(moment.samples())
                    .allMatch(sample -> !sample.at().isAfter(moment.now())));
  }

  @Test
  void aContainerIsJudgedOnceInASlide() {
    var moments = replay();

    for (int i = 1; i < moments.size(); i++) {
      assertThat(Duration.between(moments.get(i - 1).now(), moments.get(i).now()))
          .isEqualTo(moments.get(i).settings().slide());
    }
  }

  private List<Moment> replay() {
    return Replay.of(trace, CORPUS.observe());
  }
}
