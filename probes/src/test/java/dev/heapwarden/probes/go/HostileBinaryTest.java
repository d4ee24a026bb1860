package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images are anybody's: whatever an executable says, the agent goes on. */
@Tag(Mutations.HOSTILE)
class HostileBinaryTest {
  private static final int MUTATIONS = Mutations.COUNT;

  /** What the readers may ask of the heap for one look, beyond which the agent would be in need. */
  private static final long ALLOCATION_LIMIT = 16L << 20;

  private static final long SEED = 20260101;

  /** Values that overflow, wrap and point outside. */
  private static final long[] NASTY = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xffffL,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 20,
    1L << 26,
    1L << 40
  };

  @TempDir Path directory;

  /** Where a mutation may strike. */
  private record Region(long start, long size) {}

  private record Undo(long at, ByteBuffer bytes) {}

  /** What is read of an executable. */
  enum Part {
    HEADERS,
    BUILD_INFO,
    FUNCTIONS,
    MODULE,
    SYMBOLS,
    RELOCATIONS
  }

  /**
   * Any other exception, a look that does not end and one that takes much memory fail the test: its
   * number and the seed name the mutation.
   */
  @ParameterizedTest
  @EnumSource
  @Timeout(300)
  void whateverAPartOfAnExecutableClaimsIsReadWithinBoundsOrRefused(Part part) throws IOException {
    var victim = directory.resolve("victim");
    int refused = 0;
    var random = new Random(SEED);
    var programs = programs(part);
    for (var program : programs) {
      Files.write(victim, Files.readAllBytes(program));
      var table = GoBinary.read(victim).orElseThrow().table().orElseThrow();
      var regions = regions(victim, table, part);
      try (var file = FileChannel.open(victim, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        for (int left = MUTATIONS / programs.size() + 1; left > 0; left--) {
          var undo = mutate(file, regions, random);
          refused += looked(victim, random, "the last but " + left + " of " + program);
          for (var piece : undo.reversed()) {
            file.write(piece.bytes(), piece.at());
          }
        }
      }
      assertThat(GoBinary.read(victim).orElseThrow().refusal()).as("it is itself again").isEmpty();
    }
    assertThat(refused).as("mutations that were seen").isGreaterThan(MUTATIONS / 1000);
  }

  private static List<Path> programs(Part part) {
    return switch (part) {
      case SYMBOLS -> List.of(GoPrograms.plain());
      case RELOCATIONS -> List.of(GoPrograms.linkedByLld());
      case HEADERS, BUILD_INFO, FUNCTIONS, MODULE ->
          List.of(
              GoPrograms.stripped(),
              GoPrograms.strippedPositionIndependentWithC(),
              GoPrograms.plain());
    };
  }

  /** As one that is still being copied. */
  @Test
  @Timeout(300)
  void oneThatEndsTooEarlyIsReadWithinBoundsOrRefused() throws IOException {
    var victim = directory.resolve("victim");
    int refused = 0;
    var random = new Random(SEED);
    Files.write(victim, Files.readAllBytes(GoPrograms.plain()));
    try (var file = FileChannel.open(victim, StandardOpenOption.WRITE)) {
      var lengths = random.longs(MUTATIONS, 0, file.size()).sorted().toArray();
      for (int i = lengths.length - 1; i >= 0; i--) {
        file.truncate(lengths[i]);
        refused += looked(victim, random, "a length of " + lengths[i]);
      }
    }
    assertThat(refused).as("lengths that were seen").isGreaterThan(MUTATIONS / 50);
  }

  /** One if it was refused. */
  private static int looked(Path victim, Random random, String what) {
    long before = allocated();
    int refused = 0;
    try {
      look(victim, random);
    } catch (BinaryFormatException expected) {
      assertThat(expected).hasMessageNotContaining("null");
      refused = 1;
    } catch (RuntimeException | IOException | StackOverflowError escaped) {
      throw new AssertionError(what, escaped);
    }
    assertThat(allocated() - before)
        .as("bytes allocated for %s", what)
        .isLessThan(ALLOCATION_LIMIT);
    return refused;
  }

  /** Everything that the agent asks of an executable. */
  private static void look(Path program, Random random) throws IOException {
    var binary = GoBinary.read(program);
    if (binary.isEmpty() || binary.get().table().isEmpty()) {
      return;
    }
    var table = binary.get().table().get();
    RuntimeVariables.read(program, binary.get());
    try (var elf = ElfFile.open(program)) {
      SymbolTable.functions(elf, Set.of("runtime.gcMarkTermination"));
      SymbolTable.variables(elf, Set.of("runtime.allgs", "runtime.mheap_"));
      for (int i = 0; i < 3; i++) {
        table.frames(elf, table.text() + random.nextInt(1 << 19));
      }
      if (table.module().isPresent()) {
        var module = table.module().get();
        long size = Math.max(1, Math.min(module.typesEnd() - module.types(), 1 << 20));
        MapTypes.name(elf, module, module.types() + (random.nextLong(size) & -8));
      }
    }
  }

  /** Small ones as often as large ones, which are read only by chance. */
  private static List<Region> regions(Path program, FunctionTable table, Part part)
      throws IOException {
    try (var elf = ElfFile.open(program)) {
      return switch (part) {
        case HEADERS -> {
          var header = elf.read(0, 64);
          yield List.of(
              new Region(0, 64),
              new Region(header.getLong(32), 56L * header.getShort(56)),
              new Region(header.getLong(40), 64L * header.getShort(60)));
        }
        case BUILD_INFO -> sections(elf, 64, ".go.buildinfo");
        case FUNCTIONS -> {
          var functions = table.header();
          yield List.of(
              new Region(elf.offsetAt(functions.address()), 72),
              new Region(functions.functionsAt(), functions.functions() * 8),
              new Region(functions.functionsAt(), functions.end() - functions.functionsAt()),
              new Region(functions.pcsAt(), functions.functionsAt() - functions.pcsAt()),
              new Region(functions.unitsAt(), functions.pcsAt() - functions.unitsAt()),
              new Region(functions.namesAt(), functions.unitsAt() - functions.namesAt()));
        }
        case MODULE -> {
          var module = table.module().orElseThrow();
          var regions = sections(elf, 400, ".go.module", ".noptrdata");
          regions.add(new Region(elf.offsetAt(module.functionData()), 4096));
          regions.add(new Region(elf.offsetAt(module.types()), module.typesEnd() - module.types()));
          yield regions;
        }
        case SYMBOLS -> sections(elf, 400, ".symtab", ".strtab");
        case RELOCATIONS -> sections(elf, Long.MAX_VALUE, ".rela.dyn");
      };
    }
  }

  /** The beginnings of those that the program has. */
  private static List<Region> sections(ElfFile elf, long most, String... names) {
    var regions = new ArrayList<Region>();
    for (var name : names) {
      elf.section(name)
          .ifPresent(
              section -> regions.add(new Region(section.offset(), Math.min(section.size(), most))));
    }
    return regions;
  }

  private static List<Undo> mutate(FileChannel file, List<Region> regions, Random random)
      throws IOException {
    var undo = new ArrayList<Undo>();
    int strikes = 1 + random.nextInt(4);
    for (int i = 0; i < strikes; i++) {
      var region = regions.get(random.nextInt(regions.size()));
      int width = 1 << random.nextInt(4);
      long at = region.start() + random.nextLong(region.size() / width) * width;
      var old = ByteBuffer.allocate(width);
      assertThat(file.read(old, at)).isEqualTo(width);
      undo.add(new Undo(at, old.rewind()));
      var word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      word.putLong(0, value(random));
      file.write(word.limit(width), at);
    }
    return undo;
  }

  private static long value(Random random) {
    return random.nextInt(3) == 0 ? random.nextLong() : NASTY[random.nextInt(NASTY.length)];
  }

  /** By this thread, since it began. */
  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
