package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.GoVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("toolchains")
class GoLayoutTest {
  /** What the program of go-layout says of a field that is not there. */
  private static final int ABSENT = -1;

  static List<String> toolchains() {
    return GoMemoryProgram.toolchains();
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void theTableSaysWhatTheDebugInformationOfARealBuildSays(String toolchain) throws Exception {
    var program = GoMemoryProgram.build(toolchain);
    var layout = GoLayout.of(GoBinary.read(program).orElseThrow().version());
    var fields = new TreeSet<String>();
    for (int minor = GoVersion.OLDEST_MINOR; minor <= GoVersion.NEWEST_MINOR; minor++) {
      fields.addAll(GoLayout.of("go1." + minor + ".0").offsets().keySet());
    }
    var command = new ArrayList<String>();
    command.add(GoPrograms.build("go-layout", "layout", "local").toString());
    command.add(program.toString());
    command.addAll(fields);
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var said = new TreeMap<String, Integer>();
    try (var output = process.inputReader()) {
      output
          .lines()
          .map(line -> line.split(" ", -1))
          .forEach(words -> said.put(words[0], Integer.valueOf(words[1])));
    }

    var expected = new TreeMap<String, Integer>();
    fields.forEach(field -> expected.put(field, layout.find(field).orElse(ABSENT)));
    assertThat(said).isEqualTo(expected).hasSizeGreaterThan(30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"go1.20.14", "go1.28.0", "devel go1.27-a1b2c3d", "go1.25.1 X:arenas"})
  void aVersionWhoseLayoutWasNotCheckedIsRefused(String version) {
    assertThatThrownBy(() -> GoLayout.of(version))
        .isInstanceOf(UnreadableProgramException.class)
        .hasMessageStartingWith("the memory layout of " + version + " is not known");
  }

  @Test
  void aVendorsBuildIsThatOfItsVersion() throws Exception {
    assertThat(GoLayout.of("go1.24.6 (Red Hat 1.24.6-1.el9) X:boringcrypto").offsets())
        .isEqualTo(GoLayout.of("go1.24.0").offsets());
  }
}
