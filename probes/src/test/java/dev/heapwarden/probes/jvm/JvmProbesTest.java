package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the libjvm of real JVMs, and on small files with notes as theirs. */
class JvmProbesTest {
  private static final long SEED = 20260101;
  private static final String POOLS = "8@%r15 8@%r12 8@%r13 8@%rax 8@%rdi 8@%r8 8@%r9 8@%r10";
  private static final String ARM_POOLS = "8@x21 8@x0 8@x22 8@x1 8@x2 8@x3 8@x4 8@x5";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"own", "java"})
  void theProbesOfARunningJvmAreFound(String java) throws IOException {
    try (var program = JavaProgram.startWith(java.equals("own") ? JavaProgram.OWN : java)) {
      var usdt = JvmUsdt.of(program.pid(), Path.of("/proc"));

      assertThat(usdt).isInstanceOf(JvmUsdt.Found.class);
      var probes = ((JvmUsdt.Found) usdt).probes();
      assertThat(probes.begins()).hasSameSizeAs(probes.ends()).isNotEmpty();
      assertThat(probes.pools()).isNotEmpty();
    }
  }

  @Test
  void aProgramWithoutJvmIsRefused() {
    assertThat(JvmUsdt.of(ProcessHandle.current().pid() + 100_000_000, Path.of("/proc")))
        .isInstanceOf(JvmUsdt.Refused.class);
    assertThatThrownBy(() -> JvmProbes.read(Path.of("/proc/self/exe").toRealPath()))
        .hasMessage("its libjvm was built without static probes");
  }

  @Test
  void figuresAreInTheRegistersThatTheNotesSay() throws IOException {
    assertThat(read(62, 0x90, notes(POOLS)).pools())
        .containsExactly(new JvmProbes.Pool(0x1000, "r15", "r13", "r8", "r10"));
    assertThat(read(62, 0x90, notes(POOLS.replace("%r15", "%rdx"))).pools().getFirst().manager())
        .isEqualTo("dx");
    assertThat(read(183, 0xd503201f, notes(ARM_POOLS)).pools())
        .containsExactly(new JvmProbes.Pool(0x1000, "r21", "r22", "r3", "r5"));
  }

  @Test
  void whatIsNotAsKnownIsRefusedWithTheReason() {
    assertThatThrownBy(() -> read(62, 0x55, notes(POOLS)))
        .hasMessageContaining("on an instruction that does something");
    assertThatThrownBy(() -> read(62, 0x90, notes(POOLS.replace("8@%r8", "8@-16(%rbp)"))))
        .hasMessageContaining("in no register");
    assertThatThrownBy(() -> read(62, 0x90, notes("8@%r15")))
        .hasMessageContaining("tells 1 figures");
    assertThatThrownBy(() -> read(62, 0x90, note("gc__begin", 0, "")))
        .hasMessageContaining("has 0 places");
    assertThatThrownBy(() -> read(62, 0x90, note("gc__begin", 8, "")))
        .hasMessageContaining("semaphore");
  }

  @Test
  @Timeout(120)
  @Tag(Mutations.HOSTILE)
  void whateverTheNotesClaimIsReadOrRefused() throws IOException {
    var random = new Random(SEED);
    var real = elf(62, 0x90, notes(POOLS));
    var victim = directory.resolve("victim");
    int refused = 0;
    for (int mutation = 0; mutation < Mutations.COUNT; mutation++) {
      var bytes = random.nextInt(8) == 0 ? Arrays.copyOf(real, random.nextInt(real.length)) : real;
      var mutated = bytes.clone();
      for (int strike = random.nextInt(4); strike >= 0 && mutated.length > 8; strike--) {
        int word = random.nextInt(mutated.length - 4) & -4;
        if (random.nextBoolean()) {
          Arrays.fill(mutated, word, word + 4, (byte) -random.nextInt(2));
        } else {
          mutated[word + random.nextInt(4)] = (byte) random.nextInt();
        }
      }
      Files.write(victim, mutated);
      try {
        assertThat(JvmProbes.read(victim).count()).isBetween(3, 48);
      } catch (IOException expected) {
        refused++;
      } catch (RuntimeException escaped) {
        throw new AssertionError("mutation " + mutation, escaped);
      }
    }
    assertThat(refused).isGreaterThan(Mutations.COUNT / 4);
  }

  private JvmProbes read(int machine, int instruction, byte[] notes) throws IOException {
    return JvmProbes.read(
        Files.write(directory.resolve("library"), elf(machine, instruction, notes)));
  }

  private static byte[] notes(String pools) {
    return joined(
        List.of(
            note("gc__begin", 0, "1@%dil"),
            note("gc__end", 0, ""),
            note("mem__pool__gc__end", 0, pools)));
  }

  /** A note of systemtap's, of code at address 0x1000. */
  private static byte[] note(String probe, long semaphore, String arguments) {
    var text = ("hotspot\0" + probe + "\0" + arguments + "\0").getBytes(StandardCharsets.US_ASCII);
    int size = 24 + text.length;
    return little(12 + 8 + ((size + 3) & -4))
        .putInt(8)
        .putInt(size)
        .putInt(3)
        .put("stapsdt\0".getBytes(StandardCharsets.US_ASCII))
        .putLong(0x1000)
        .putLong(0x2000)
        .putLong(semaphore)
        .put(text)
        .array();
  }

  /** Code at 0x1000, and three sections: base of the notes, notes and names. */
  private static byte[] elf(int machine, int instruction, byte[] notes) {
    var names = "\0.stapsdt.base\0.note.stapsdt\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
    int notesAt = 0x1010;
    int namesAt = notesAt + notes.length;
    int sectionsAt = namesAt + names.length;
    var bytes = new byte[sectionsAt + 4 * 64];
    var elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
    elf.putShort(16, (short) 3).putShort(18, (short) machine);
    elf.putLong(32, 64).putShort(56, (short) 1);
    elf.putLong(40, sectionsAt).putShort(60, (short) 4).putShort(62, (short) 3);
    elf.putInt(64, 1).putInt(68, 5).putLong(72, 0).putLong(80, 0).putLong(96, 0x1010);
    elf.putInt(0x1000, instruction);
    elf.put(notesAt, notes).put(namesAt, names);
    section(elf, sectionsAt + 64, 1, 1, 0x2000, 0x1000, 1);
    section(elf, sectionsAt + 128, 15, 7, 0, notesAt, notes.length);
    section(elf, sectionsAt + 192, 29, 3, 0, namesAt, names.length);
    return bytes;
  }

  private static void section(
      ByteBuffer elf, int at, int name, int type, long address, long offset, long size) {
    elf.putInt(at, name).putInt(at + 4, type);
    elf.putLong(at + 16, address).putLong(at + 24, offset).putLong(at + 32, size);
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] joined(List<byte[]> parts) {
    var all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }
}
