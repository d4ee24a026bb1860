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

  /**
   * Any other exception, a look that does not end and one that takes much memory fail the test: its
   * number and the seed name the mutation.
   */
  @Test
  @Timeout(300)
  void whateverAnExecutableClaimsIsReadWithinBoundsOrRefused() throws IOException {
    var victim = directory.resolve("victim");
    int refused = 0;
    var random = new Random(SEED);
    for (var program :
        List.of(
            GoPrograms.stripped(),
            GoPrograms.strippedPositionIndependentWithC(),
            GoPrograms.plain())) {
      Files.write(victim, Files.readAllBytes(program));
      var table = GoBinary.read(victim).orElseThrow().table().orElseThrow();
      var regions = regions(victim, table);
      try (var file = FileChannel.open(victim, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        for (int mutation = 0; mutation < MUTATIONS; mutation++) {
          var undo = mutate(file, regions, random);
          refused += looked(victim, random, "mutation " + mutation + " of " + program);
          for (var piece : undo.reversed()) {
            file.write(piece.bytes(), piece.at());
          }
        }
      }
      assertThat(GoBinary.read(victim).orElseThrow().refusal()).as("it is itself again").isEmpty();
    }
    assertThat(refused).as("mutations that were seen").isGreaterThan(MUTATIONS / 50);
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

  /** Headers and tables far oftener than the rest, which is read only by chance. */
  private static List<Region> regions(Path program, FunctionTable table) throws IOException {
    var regions = new ArrayList<Region>();
    try (var elf = ElfFile.open(program)) {
      var header = elf.read(0, 64);
      long sections = header.getLong(40);
      int count = header.getShort(60);
      regions.add(new Region(0, 64));
      regions.add(new Region(header.getLong(32), 56L * header.getShort(56)));
      regions.add(new Region(sections, 64L * count));
      var build = elf.section(".go.buildinfo").orElseThrow();
      regions.add(new Region(build.offset(), Math.min(build.size(), 64)));
      var functions = table.header();
      regions.add(new Region(elf.offsetAt(functions.address()), 72));
      regions.add(new Region(functions.functionsAt(), functions.functions() * 8));
      regions.add(new Region(functions.functionsAt(), functions.end() - functions.functionsAt()));
      regions.add(new Region(functions.pcsAt(), functions.functionsAt() - functions.pcsAt()));
      regions.add(new Region(functions.unitsAt(), functions.pcsAt() - functions.unitsAt()));
      regions.add(new Region(functions.namesAt(), functions.unitsAt() - functions.namesAt()));
      var module = table.module().orElseThrow();
      regions.add(new Region(elf.offsetAt(module.functionData()), 4096));
      regions.add(new Region(elf.offsetAt(module.types()), module.typesEnd() - module.types()));
      for (var name : Set.of(".go.module", ".noptrdata", ".dynsym", ".symtab", ".strtab")) {
        elf.section(name)
            .ifPresent(
                section ->
                    regions.add(new Region(section.offset(), Math.min(section.size(), 400))));
      }
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
      long at = region.start() + random.nextLong(Math.max(1, region.size() / width)) * width;
      var old = ByteBuffer.allocate(width);
      if (file.read(old, at) < width) {
        continue;
      }
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
