package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class HeapProfileTest {
  @TempDir Path directory;

  static List<String> builds() {
    return GoMemoryProgram.builds();
  }

  @Tag("E1")
  @ParameterizedTest
  @MethodSource("builds")
  void theProfileSaysOfEachSiteWhatGosOwnSays(String build) throws Exception {
    var read = directory.resolve("read.pb.gz");
    var own = directory.resolve("own.pb.gz");
    try (var program = GoMemoryProgram.start(build)) {
      write(program, read);
      assertThat(program.ask("heap " + own)).isEqualTo("<nil>");
    }

    var found = PprofTool.open(read);
    assertThat(ofTheProgram(found))
        .isEqualTo(ofTheProgram(PprofTool.open(own)))
        .containsKeys(
            "main.keepLarge < main.main < runtime.main",
            "main.keepSmall < main.main < runtime.main",
            "main.oneMore < main.keepInlined < main.main < runtime.main");
    assertThat(found.raw())
        .contains("PeriodType: space bytes\nPeriod: 524288\n")
        .contains("alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes");
    assertThat(PprofTool.run("-top", read)).contains("main.keepLarge");
  }

  @Test
  void whatWasFreedIsAllocatedAndNotInUse() throws Exception {
    var read = directory.resolve("read.pb.gz");
    try (var program = GoMemoryProgram.start("local")) {
      write(program, read);
    }

    var dropped =
        Objects.requireNonNull(
            ofTheProgram(PprofTool.open(read)).get("main.dropMedium < main.main < runtime.main"));
    assertThat(dropped.get(1)).isBetween(30_000_000L, 80_000_000L);
    assertThat(dropped.get(3)).isLessThan(5_000_000L);
  }

  @Tag("E1")
  @ParameterizedTest
  @MethodSource("builds")
  void theShareOfMapsIsToldOfAllThatIsInUse(String build) throws Exception {
    var file = directory.resolve("maps.pb.gz");
    try (var program = GoMemoryProgram.start(build)) {
      var before = write(program, file);
      assertThat(before.bytes()).isBetween(30_000_000L, 110_000_000L);
      assertThat(before.mapShare()).isLessThan(0.05);

      assertThat(program.ask("index")).isEqualTo("done");
      var after = write(program, file);
      assertThat(after.mapBytes()).isBetween(5_000_000L, 80_000_000L);
      assertThat(after.mapShare()).isGreaterThan(0.65);
    }
    assertThat(PprofTool.run("-comments", file))
        .containsPattern("maps hold (9[0-9]|100)[.][0-9] % of");
  }

  @Test
  void aProgramThatTakesNoSamplesIsRefusedWithTheReason() throws Exception {
    var silent = GoPrograms.build("go-silent", "silent", "local");
    try (var program = GoMemoryProgram.start(silent)) {
      assertThatThrownBy(() -> write(program, directory.resolve("none")))
          .isInstanceOf(UnreadableProgramException.class)
          .hasMessageStartingWith("it takes no samples of its heap");
    }
  }

  /** As one that was packed, or changed by a tool that knows nothing of Go. */
  @Test
  void aProgramThatDoesNotTellWhatWasInlinedIsRefusedWithTheReason() throws Exception {
    var damaged = GoPrograms.withoutModuleData(directory.resolve("damaged"));
    try (var program = GoMemoryProgram.start("local")) {
      var told =
          new Sites.Program(
              program.program().id(), damaged, GoBinary.read(damaged).orElseThrow(), 0);

      assertThatThrownBy(() -> ProgramText.open(told, program.mappings()))
          .isInstanceOf(UnreadableProgramException.class)
          .hasMessage(
              "it does not tell which of its calls were inlined: no module data leads to"
                  + " .gopclntab");
    }
  }

  private static HeapProfile.InUse write(GoMemoryProgram program, Path file) throws IOException {
    try (var process = program.open();
        var text = program.text();
        var output = Files.newOutputStream(file)) {
      return HeapProfile.write(process, text, Instant.now(), output);
    }
  }

  private static Map<String, List<Long>> ofTheProgram(PprofTool profile) {
    return profile.byStack().entrySet().stream()
        .filter(stack -> stack.getKey().startsWith("main."))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
