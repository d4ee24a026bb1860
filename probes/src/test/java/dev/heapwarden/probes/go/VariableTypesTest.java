package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.gomemory.GoMemoryProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class VariableTypesTest {
  private static final Map<String, String> TYPES =
      Map.of(
          "main.slice", "[]*main.session",
          "main.byName", "map[int]*main.session",
          "main.list", "*main.session",
          "main.closures", "[]func() int",
          "main.queue", "chan *main.session",
          "main.pool", "sync.Pool",
          "main.literal", "*main.store");

  static List<String> toolchains() {
    return GoMemoryProgram.toolchains();
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void eachVariableHasTheTypeOfItsDeclaration(String toolchain) {
    var program = GoPrograms.build("go-holders", "holders-" + toolchain, toolchain);

    assertThat(VariableTypes.read(program, variables())).isEqualTo(TYPES);
  }

  @Test
  void aProgramThatIsLinkedByTheCCompilerTellsThemToo() {
    assertThat(VariableTypes.read(GoPrograms.withC(), Set.of("runtime.allgs", "sync.fatal")))
        .containsEntry("runtime.allgs", "[]*runtime.g");
  }

  @Test
  void withoutDebuggingInformationNothingIsTold() {
    var program =
        GoPrograms.build("go-holders", "holders-local-ldflags=-w", "local", "-ldflags=-w");

    assertThat(VariableTypes.read(program, variables())).isEmpty();
  }

  /** As a file that is written meanwhile, or on purpose. */
  @Test
  void whatLiesTellsNothingElse(@TempDir Path directory) throws IOException {
    var program = GoPrograms.build("go-holders", "holders-local", "local");
    var content = Files.readAllBytes(program);
    var at = new Random(17);
    long from;
    long size;
    try (var elf = ElfFile.open(program)) {
      var info = elf.section(".debug_info").orElseThrow();
      from = info.offset();
      size = info.size();
    }
    var told = new HashSet<Map<String, String>>();
    for (int i = 0; i < 200; i++) {
      var lies = content.clone();
      for (int change = 0; change < 4; change++) {
        lies[(int) (from + at.nextLong(size))] ^= (byte) (1 << at.nextInt(8));
      }
      told.add(VariableTypes.read(Files.write(directory.resolve("lies"), lies), variables()));
    }
    assertThat(told).allSatisfy(types -> assertThat(TYPES.keySet()).containsAll(types.keySet()));
  }

  private static Set<String> variables() {
    var variables = new HashSet<>(TYPES.keySet());
    variables.add("main.nobody");
    return variables;
  }
}
