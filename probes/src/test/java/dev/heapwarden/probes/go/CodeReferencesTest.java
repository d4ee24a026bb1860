package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.RuntimeVariables.Variable;
import dev.heapwarden.probes.gomemory.GoMemoryProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class CodeReferencesTest {
  private static final byte BREAKPOINT = (byte) 0xcc;

  @TempDir Path directory;

  static List<String> toolchains() {
    return GoMemoryProgram.toolchains();
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void theCodeTellsWhatTheSymbolsSay(String toolchain) throws IOException {
    assertThatTheCodeTellsWhatTheSymbolsSay(
        GoPrograms.build("go-memory", "memory-" + toolchain, toolchain));
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void theCodeOfAPositionIndependentProgramDoesToo(String toolchain) throws IOException {
    assertThatTheCodeTellsWhatTheSymbolsSay(
        GoPrograms.build("go-memory", "memory-pie-" + toolchain, toolchain, "-buildmode=pie"));
  }

  @Test
  void theCodeOfAProgramWithCDoesToo() throws IOException {
    assertThatTheCodeTellsWhatTheSymbolsSay(GoPrograms.withC());
    assertThatTheCodeTellsWhatTheSymbolsSay(
        GoPrograms.build("go", "native-pie", "local", "-tags=native", "-buildmode=pie"));
  }

  /** Nothing is inlined there, so that other functions than ours refer to some of them. */
  @Test
  void aRuntimeThatWasCompiledInAnotherWayLeavesVariablesRefusedAndNoneWrong() throws IOException {
    var program = GoPrograms.build("go-memory", "memory-not-inlined", "local", "-gcflags=all=-l");
    var named = named(program);

    var found = found(program, named.keySet());

    assertThat(found.refusals())
        .containsEntry(
            "runtime.mbuckets",
            "stripped: its code refers to 0 places that may be runtime.mbuckets");
    assertThat(named).containsAllEntriesOf(addresses(found.found()));
  }

  @Test
  void aFunctionThatRefersToNothingLeavesItsVariableRefused() throws IOException {
    var program = directory.resolve("changed");
    Files.copy(GoPrograms.stripped(), program);
    var binary = GoBinary.read(program).orElseThrow();
    overwrite(program, binary, "runtime.stkbucket");

    var variables = RuntimeVariables.read(program, binary);

    assertThat(variables.address(RuntimeVariables.MEMORY_BUCKETS)).isEmpty();
    assertThat(variables.refusal(RuntimeVariables.MEMORY_BUCKETS))
        .isEqualTo("stripped: its code refers to 0 places that may be runtime.mbuckets");
    assertThat(variables.address(RuntimeVariables.GOROUTINES)).isPresent();
  }

  private static void assertThatTheCodeTellsWhatTheSymbolsSay(Path program) throws IOException {
    var named = named(program);

    var found = found(program, named.keySet());

    assertThat(found.refusals()).isEmpty();
    assertThat(addresses(found.found())).isEqualTo(named).hasSize(10);
  }

  private static Map<String, Long> named(Path program) throws IOException {
    var binary = GoBinary.read(program).orElseThrow();
    var named = addresses(RuntimeVariables.read(program, binary).found());
    // Where the linker sets it, the rate is 0.
    named.remove(RuntimeVariables.PROFILE_DISABLED);
    return named;
  }

  private static RuntimeVariables found(Path program, Set<String> wanted) throws IOException {
    var table = GoBinary.read(program).orElseThrow().table().orElseThrow();
    try (var elf = ElfFile.open(program)) {
      return CodeReferences.find(elf, table, wanted);
    }
  }

  private static Map<String, Long> addresses(Map<String, Variable> variables) {
    var addresses = new TreeMap<String, Long>();
    variables.forEach((name, variable) -> addresses.put(name, variable.address()));
    return addresses;
  }

  private static void overwrite(Path program, GoBinary binary, String function) throws IOException {
    try (var elf = ElfFile.open(program);
        var file = FileChannel.open(program, StandardOpenOption.WRITE)) {
      var span =
          binary.table().orElseThrow().spans(elf, Set.of(function)).values().iterator().next();
      var code = new byte[(int) span.length()];
      Arrays.fill(code, BREAKPOINT);
      file.write(ByteBuffer.wrap(code), elf.offsetAt(span.address()));
    }
  }
}
