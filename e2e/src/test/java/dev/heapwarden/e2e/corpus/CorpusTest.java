package dev.heapwarden.e2e.corpus;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.e2e.corpus.Program.Half;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written of the corpus' programs, and what was recorded of them. */
class CorpusTest {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("heapwarden.root")).resolve("e2e/corpus");

  private static final Corpus CORPUS = Corpus.in(DIRECTORY);

  @Test
  void eachClassHasTwoProgramsInEachHalf() {
    for (var leak : CORPUS.classes().keySet()) {
      for (var half : Half.values()) {
        assertThat(CORPUS.leaking())
            .as(leak + " in " + half)
            .filteredOn(program -> leak.equals(program.leak()) && program.half() == half)
            .hasSizeGreaterThanOrEqualTo(2);
      }
    }
  }

  @Test
  void noLeakIsInBothHalves() {
    assertThat(
            CORPUS.leaking().stream()
                .collect(groupingBy(Program::code, mapping(Program::half, toSet())))
                .values())
        .allSatisfy(halves -> assertThat(halves).hasSize(1));
  }

  @Test
  void whatLeaksHasItsTruthAndWhatDoesNotHasNone() {
    assertThat(CORPUS.leaking())
        .allSatisfy(
            program -> {
              assertThat(CORPUS.classes()).containsKey(Objects.requireNonNull(program.leak()));
              assertThat(program.site()).isNotEmpty();
              assertThat(CORPUS.lifeSeconds(program)).isGreaterThan(CORPUS.seconds() / 3.0);
            });
    assertThat(CORPUS.clean()).noneMatch(Program::leaks).hasSizeGreaterThanOrEqualTo(30);
  }

  @Test
  void namesAreOfOneProgram() {
    assertThat(CORPUS.programs().map(Program::name)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(
      value = RuntimeKind.class,
      names = {"GO", "JVM", "NATIVE"})
  void everyProgramIsInTheSources(RuntimeKind runtime) throws IOException {
    var sources = sources(runtime);

    assertThat(CORPUS.programs().filter(program -> program.runtime() == runtime))
        .allSatisfy(program -> assertThat(sources).contains(inSource(program)));
  }

  @ParameterizedTest
  @EnumSource(Half.class)
  void everyRecordedTraceIsOfItsProgram(Half half) {
    var recorded =
        CORPUS
            .programs()
            .filter(program -> program.half() == half)
            .filter(program -> Files.exists(Trace.file(DIRECTORY, program)))
            .toList();

    assertThat(recorded).isNotEmpty();
    assertThat(recorded)
        .allSatisfy(
            program -> {
              var answers = Trace.read(Trace.file(DIRECTORY, program)).answers();
              assertThat(answers).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
              assertThat(answers.stream().flatMap(answer -> answer.batch().samples().stream()))
                  .allMatch(sample -> sample.container().pod().equals(program.name()))
                  .hasSizeGreaterThan(CORPUS.seconds() / 10);
              assertThat(answers.stream().flatMap(answer -> answer.batch().containers().stream()))
                  .anyMatch(state -> state.runtime() == program.runtime());
            });
  }

  @Test
  void noTraceIsOfAProgramThatIsNoMore() throws IOException {
    try (var traces = Files.list(DIRECTORY.resolve("traces"))) {
      assertThat(traces)
          .isSubsetOf(CORPUS.programs().map(program -> Trace.file(DIRECTORY, program)).toList());
    }
  }

  private static String sources(RuntimeKind runtime) throws IOException {
    var directory = runtime == RuntimeKind.JVM ? "java" : runtime.name().toLowerCase(Locale.ROOT);
    try (var files = Files.list(DIRECTORY.resolve(directory))) {
      var texts = new ArrayList<String>();
      for (var file : files.sorted().toList()) {
        texts.add(Files.readString(file));
      }
      return texts.stream().collect(Collectors.joining());
    }
  }

  /** As the sources name it: a string in Go and C, a nested class in Java. */
  private static String inSource(Program program) {
    var parts = List.of(program.code().split("\\$"));
    return parts.size() == 1
        ? '"' + program.code() + '"'
        : "static final class " + parts.getLast() + " implements Corpus.Program";
  }
}
