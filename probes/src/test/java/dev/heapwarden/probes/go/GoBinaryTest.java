package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoBinaryTest {
  @TempDir Path directory;

  @Test
  void aGoProgramTellsItsVersionAndItsProbePoints() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();

    assertThat(binary.version()).matches("go1\\.[0-9]+.*");
    assertThat(binary.amd64()).isTrue();
    assertThat(binary.functions()).containsKeys(GoBinary.GC, binary.growth());
    assertThat(binary.refusal()).isEmpty();
  }

  /** There the kernel carries the instruction out by itself: a hit is one trap, not two. */
  @Test
  void everyFunctionThatIsProbedHasAPushOfTheFramePointerToProbe() throws IOException {
    for (var program : new Path[] {GoPrograms.plain(), GoPrograms.positionIndependent()}) {
      var binary = GoBinary.read(program).orElseThrow();
      try (var elf = ElfFile.open(program)) {
        var text = elf.section(".text").orElseThrow();
        for (var function : binary.functions().keySet()) {
          if (function.equals("runtime.text")) {
            continue;
          }
          long push =
              Objects.requireNonNull(binary.functions().get(function)) + binary.toFrame(function);
          assertThat(binary.toFrame(function)).as(function).isPositive();
          assertThat(elf.bytes(text.offset() + push - text.address(), 4))
              .as(function)
              .containsExactly(0x55, 0x48, 0x89, 0xe5);
        }
      }
    }
  }

  @Test
  void aStrippedProgramIsRefusedWithTheReason() throws IOException {
    var binary = GoBinary.read(GoPrograms.stripped()).orElseThrow();

    assertThat(binary.refusal()).contains("stripped: no symbol table");
  }

  @Test
  void functionsAreNamedFromTheirAddresses() throws IOException {
    for (var program : new Path[] {GoPrograms.plain(), GoPrograms.positionIndependent()}) {
      var binary = GoBinary.read(program).orElseThrow();
      try (var elf = ElfFile.open(program)) {
        for (var function : binary.functions().keySet()) {
          long address = Objects.requireNonNull(binary.functions().get(function));
          if (function.equals("runtime.text")) {
            continue;
          }
          assertThat(binary.table().nameAt(elf, address)).contains(function);
          assertThat(binary.table().nameAt(elf, address + 20)).contains(function);
          assertThat(binary.table().nameAt(elf, address - 1).orElseThrow()).isNotEqualTo(function);
        }
        assertThat(binary.table().nameAt(elf, 1)).isEmpty();
        assertThat(binary.table().nameAt(elf, Long.MAX_VALUE)).isEmpty();
      }
    }
  }

  @Test
  void everyFunctionThatGosOwnToolListsIsNamedAsItNamesIt() throws Exception {
    var program = GoPrograms.plain();
    var binary = GoBinary.read(program).orElseThrow();
    int compared = 0;
    try (var elf = ElfFile.open(program)) {
      for (var line : GoPrograms.symbols(program)) {
        var fields = line.strip().split(" ", -1);
        if (fields.length == 3
            && fields[1].equals("T")
            && fields[2].matches("runtime\\.[a-z][a-zA-Z]*")) {
          long address = Long.parseLong(fields[0], 16);
          assertThat(binary.table().nameAt(elf, address)).contains(fields[2]);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(500);
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
      var cut = Files.write(directory.resolve("cut"), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GoBinary.read(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(BinaryFormatException.class);
    }
  }

  @Test
  void aFileThatLiesIsABoundedErrorAndNeverACrash() throws IOException {
    var whole = Files.readAllBytes(GoPrograms.plain());
    var random = new Random(7);
    int sections =
        (int) java.nio.ByteBuffer.wrap(whole).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(40);
    for (int round = 0; round < 60; round++) {
      var lying = whole.clone();
      for (int i = 0; i < 8; i++) {
        lying[16 + random.nextInt(48)] ^= round % 3 == 0 ? (byte) random.nextInt(256) : 0;
        lying[sections + random.nextInt(64 * 20)] = (byte) random.nextInt(256);
      }
      var file = Files.write(directory.resolve("lying"), lying);
      try {
        GoBinary.read(file);
      } catch (BinaryFormatException expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
    }
  }
}
