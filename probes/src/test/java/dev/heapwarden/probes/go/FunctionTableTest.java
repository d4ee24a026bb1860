package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FunctionTableTest {
  private static final String REMEMBER = "main.remember";

  @Test
  void aFunctionReachesFromItsFirstByteToTheNextFunction() throws IOException {
    for (var program : List.of(GoPrograms.plain(), GoPrograms.positionIndependent())) {
      var binary = GoBinary.read(program).orElseThrow();
      try (var elf = ElfFile.open(program)) {
        var table = binary.table().orElseThrow();
        for (var function : Set.of(GoBinary.GC, binary.growth())) {
          long address = Objects.requireNonNull(binary.functions().get(function)).address();
          assertThat(physical(table.frames(elf, address))).isEqualTo(function);
          assertThat(physical(table.frames(elf, address + 20))).isEqualTo(function);
          assertThat(physical(table.frames(elf, address - 1))).isNotEqualTo(function);
        }
        assertThat(table.frames(elf, 1)).isEmpty();
        assertThat(table.frames(elf, Long.MAX_VALUE)).isEmpty();
      }
    }
  }

  @Test
  void everyFunctionThatGosOwnToolListsIsNamedAsItNamesIt() throws Exception {
    var program = GoPrograms.plain();
    var table = GoBinary.read(program).orElseThrow().table().orElseThrow();
    int compared = 0;
    try (var elf = ElfFile.open(program)) {
      for (var line : GoPrograms.symbols(program)) {
        var fields = line.strip().split(" ", -1);
        if (fields.length == 3
            && fields[1].equals("T")
            && fields[2].matches("runtime\\.[a-z][a-zA-Z]*")) {
          long address = Long.parseLong(fields[0], 16);
          assertThat(physical(table.frames(elf, address))).isEqualTo(fields[2]);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(500);
  }

  @Test
  void filesAndLinesAreThoseThatGosOwnToolSays() throws Exception {
    for (var program : List.of(GoPrograms.stripped(), GoPrograms.arm64())) {
      var table = GoBinary.read(program).orElseThrow().table().orElseThrow();
      try (var elf = ElfFile.open(program)) {
        var addresses = new ArrayList<Long>();
        for (int i = 0; i < 2000; i++) {
          addresses.add(table.text() + 203L * i);
        }
        var said = GoPrograms.lines(program, addresses);
        int compared = 0;
        for (int i = 0; i < addresses.size(); i++) {
          var frames = table.frames(elf, addresses.get(i));
          var place = said.get(2 * i + 1);
          if (!frames.isEmpty() && place.matches(".*\\.(go|s):[1-9][0-9]*")) {
            assertThat(frames.getFirst().location())
                .as("%s at 0x%x of %s", frames, addresses.get(i), program)
                .isEqualTo(place.substring(place.lastIndexOf('/') + 1));
            assertThat(physical(frames)).isEqualTo(said.get(2 * i));
            compared++;
          }
        }
        assertThat(compared).as("%s", program).isGreaterThan(1500);
      }
    }
  }

  @Test
  void whatWasInlinedIsTheCallThatItWasAndTheRestIsItsCaller() throws IOException {
    for (var program :
        List.of(
            GoPrograms.plain(),
            GoPrograms.strippedPositionIndependentWithC(),
            GoPrograms.linkedByLld(),
            GoPrograms.arm64())) {
      var table = GoBinary.read(program).orElseThrow().table().orElseThrow();
      try (var elf = ElfFile.open(program)) {
        long start = address(elf, table, REMEMBER);
        var seen = new LinkedHashSet<List<Frame>>();
        for (long at = start; physical(table.frames(elf, at)).equals(REMEMBER); at++) {
          seen.add(table.frames(elf, at));
        }
        assertThat(seen)
            .as("%s", program)
            .contains(
                List.of(new Frame(REMEMBER, "main.go", 28)),
                List.of(
                    new Frame("main.(*store).put", "main.go", 17),
                    new Frame(REMEMBER, "main.go", 29)));
      }
    }
  }

  @Test
  void theTypesOfMapsHaveTheirNamesWithoutAnySymbol() throws IOException {
    for (var program :
        List.of(
            GoPrograms.stripped(),
            GoPrograms.positionIndependent(),
            GoPrograms.strippedPositionIndependentWithC(),
            GoPrograms.linkedByLld())) {
      var module = module(program);
      var names = new TreeSet<String>();
      try (var elf = ElfFile.open(program)) {
        for (long at = module.types(); at < module.typesEnd(); at += 8) {
          nameOf(elf, module, at, names);
        }
        assertThat(MapTypes.name(elf, module, module.typesEnd())).isEmpty();
      }
      assertThat(names)
          .as("%s", program)
          .contains("map[string]int", "map[string]main.session", "map[main.place]*main.session");
    }
  }

  /** Most addresses hold something else, which may look like a type. */
  private static void nameOf(ElfFile elf, ModuleData module, long at, Set<String> names)
      throws IOException {
    try {
      MapTypes.name(elf, module, at).ifPresent(names::add);
    } catch (BinaryFormatException notAType) {
      assertThat(notAType).hasMessageNotContaining("null");
    }
  }

  private static ModuleData module(Path program) throws IOException {
    return GoBinary.read(program).orElseThrow().table().orElseThrow().module().orElseThrow();
  }

  private static long address(ElfFile elf, FunctionTable table, String function)
      throws IOException {
    return Objects.requireNonNull(table.addresses(elf, Set.of(function)).get(function));
  }

  private static String physical(List<Frame> frames) {
    return frames.getLast().function();
  }
}
