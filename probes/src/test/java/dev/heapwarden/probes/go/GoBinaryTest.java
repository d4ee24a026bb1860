package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoBinaryTest {
  /** First bytes of .gopclntab since Go 1.20. */
  private static final String MAGIC = "\u00f1\u00ff\u00ff\u00ff\0\0\1\b";

  @TempDir Path directory;

  @Test
  void aGoProgramTellsItsVersionAndItsProbePoints() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();

    assertThat(binary.version()).matches("go1\\.[0-9]+.*");
    assertThat(binary.architecture()).contains(Architecture.AMD64);
    assertThat(binary.functions()).containsKeys(GoBinary.GC, binary.growth());
    assertThat(binary.refusal()).isEmpty();
  }

  /** There the kernel carries the instruction out by itself: a hit is one trap, not two. */
  @Test
  void everyFunctionThatIsProbedHasAPushOfTheFramePointerToProbe() throws IOException {
    for (var program :
        new Path[] {
          GoPrograms.plain(),
          GoPrograms.positionIndependent(),
          GoPrograms.stripped(),
          GoPrograms.notInlined()
        }) {
      var places = new HashMap<>(GoBinary.read(program).orElseThrow().functions());
      places.remove("runtime.text");
      try (var elf = ElfFile.open(program)) {
        for (var place : places.entrySet()) {
          assertThat(place.getValue().toFrame()).as(place.getKey()).isPositive();
          assertThat(elf.bytes(place.getValue().probed(), 4))
              .as(place.getKey())
              .containsExactly(0x55, 0x48, 0x89, 0xe5);
        }
      }
    }
  }

  @Test
  void onArm64AFunctionIsProbedAtItsFirstInstruction() throws IOException {
    assertThat(GoBinary.read(GoPrograms.arm64()).orElseThrow().functions().values())
        .isNotEmpty()
        .allSatisfy(place -> assertThat(place.toFrame()).isZero());
  }

  @Test
  void aStrippedProgramIsProbedAtTheSamePlacesAsWithItsSymbols() throws IOException {
    var whole = GoBinary.read(GoPrograms.plain()).orElseThrow();
    var stripped = GoBinary.read(GoPrograms.stripped()).orElseThrow();

    assertThat(whole.symbols()).isTrue();
    assertThat(stripped.symbols()).isFalse();
    assertThat(stripped.refusal()).isEmpty();
    assertThat(stripped.functions())
        .containsKeys(GoBinary.GC, stripped.growth(), "runtime.mapassign_faststr")
        .allSatisfy(
            (function, place) -> assertThat(place).isEqualTo(whole.functions().get(function)));
  }

  @Test
  void aProgramInWhichNothingIsInlinedIsProbedStrippedToo() throws IOException {
    var whole = GoBinary.read(GoPrograms.notInlined()).orElseThrow();
    var stripped = GoBinary.read(GoPrograms.notInlined("-ldflags=-s -w")).orElseThrow();

    assertThat(stripped.refusal()).isEmpty();
    assertThat(stripped.symbols()).isFalse();
    assertThat(stripped.functions())
        .containsKeys(GoBinary.GC, stripped.growth(), "runtime.mapassign_faststr")
        .allSatisfy(
            (function, place) -> assertThat(place).isEqualTo(whole.functions().get(function)));
  }

  /** Symbols and Go's own table are two sources of the same addresses. */
  @Test
  void howeverAProgramIsLinkedItsFunctionsAreWhereItsSymbolsSay() throws IOException {
    for (var program :
        new Path[] {
          GoPrograms.plain(),
          GoPrograms.positionIndependent(),
          GoPrograms.withC(),
          GoPrograms.notInlined(),
          GoPrograms.arm64()
        }) {
      var binary = GoBinary.read(program).orElseThrow();
      try (var elf = ElfFile.open(program)) {
        var addresses = binary.table().orElseThrow().addresses(elf, GoBinary.LOOKED_FOR);
        assertThat(addresses).as("%s", program).hasSizeGreaterThan(3);
        addresses.forEach(
            (function, address) ->
                assertThat(binary.functions().get(function))
                    .as("%s of %s", function, program)
                    .extracting(GoBinary.Place::address)
                    .isEqualTo(address));
      }
    }
  }

  @Test
  void aProgramThatTheCCompilerLinkedAndStrippedIsProbedToo() throws IOException {
    var binary = GoBinary.read(GoPrograms.strippedPositionIndependentWithC()).orElseThrow();

    assertThat(binary.refusal()).isEmpty();
    assertThat(binary.symbols()).isFalse();
    assertThat(binary.functions()).containsKeys(GoBinary.GC, binary.growth());
  }

  @Test
  void aVersionThatIsNotKnownIsRefusedAndNothingOfItGuessed() throws IOException {
    var program = changed(GoPrograms.stripped(), " Go buildinf:", "go1.", "go3.");

    assertThat(GoBinary.read(program).orElseThrow())
        .satisfies(
            binary -> {
              assertThat(binary.refusal().orElseThrow())
                  .startsWith("unsupported Go version go3.")
                  .endsWith(": 1.21 to 1.27 are known");
              assertThat(binary.functions()).isEmpty();
              assertThat(binary.table()).isEmpty();
            });
  }

  @Test
  void aProgramWithoutItsFunctionTableIsRefusedWithThatReason() throws IOException {
    var program = changed(GoPrograms.stripped(), "", ".gopclntab", ".nopclntab");

    assertThat(GoBinary.read(program).orElseThrow().refusal()).contains("no .gopclntab");
  }

  @Test
  void aFunctionTableOfALaterLayoutIsRefusedWithThatReason() throws IOException {
    var program = changed(GoPrograms.stripped(), MAGIC, MAGIC, "\u00f2");

    assertThat(GoBinary.read(program).orElseThrow().refusal())
        .contains("unknown .gopclntab layout, magic 0xfffffff2");
  }

  @Test
  void aProgramThatIsNotGoIsNotTakenForOne() throws IOException {
    assertThat(GoBinary.read(Path.of("/proc/self/exe"))).isEmpty();
  }

  @Test
  void aFileThatIsNoElfIsAClearError() throws IOException {
    var script = Files.writeString(directory.resolve("script"), "#!/bin/sh\n".repeat(20));

    assertThatThrownBy(() -> GoBinary.read(script))
        .isInstanceOf(BinaryFormatException.class)
        .hasMessage("not a little-endian ELF64 file");
  }

  @Test
  void aTruncatedFileIsABoundedErrorAndNeverACrash() throws IOException {
    var whole = Files.readAllBytes(GoPrograms.plain());
    for (int length = 1; length < whole.length; length += 1 + length / 4) {
      var cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GoBinary.read(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(BinaryFormatException.class);
    }
  }

  /** The program with what it says at the first place that holds a text, or soon after it. */
  private Path changed(Path program, String place, String from, String to) throws IOException {
    var bytes = Files.readAllBytes(program);
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(from, text.indexOf(place));
    assertThat(at).as(from).isPositive();
    System.arraycopy(to.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, at, to.length());
    return Files.write(directory.resolve("changed"), bytes);
  }
}
