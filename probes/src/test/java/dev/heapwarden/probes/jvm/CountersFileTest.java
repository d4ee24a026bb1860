package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real JVMs. */
class CountersFileTest {
  private static final Path PROC = Path.of("/proc");

  @TempDir private Path directory;

  /** Where a JVM of this user keeps them. */
  static Path path(JavaProgram program) {
    return Path.of(
        "/tmp/hsperfdata_" + System.getProperty("user.name"), Long.toString(program.pid()));
  }

  @Test
  void aJvmsOwnFileIsFoundAndRead() throws Exception {
    try (var program = JavaProgram.start()) {
      var file = Counters.of(program.pid(), PROC).orElseThrow();
      assertThat(file.innerPid()).isEqualTo(program.pid());
      assertThat(file.read().threads()).isPositive();
    }
  }

  /** Where containers share a /tmp the second JVM of a pid finds the file locked, and has none. */
  @Test
  void aFileUnderItsPidThatAnotherJvmWritesIsNotTaken() throws Exception {
    try (var other = JavaProgram.start();
        var program = JavaProgram.start("-XX:-UsePerfData")) {
      var foreign = Files.copy(path(other), path(program));
      try {
        assertThat(Counters.of(program.pid(), PROC)).isEmpty();
      } finally {
        Files.delete(foreign);
      }
    }
  }

  @Test
  void aFileThatWasPutInItsPlaceIsNotTaken() throws Exception {
    try (var program = JavaProgram.start()) {
      var known = Counters.of(program.pid(), PROC).orElseThrow();
      var copy = Files.copy(path(program), directory.resolve("copy"));
      Files.delete(path(program));
      assertThatThrownBy(known::read).isInstanceOf(IOException.class);

      var planted = Files.move(copy, path(program));
      try {
        assertThatThrownBy(known::read).hasMessage("its counters file was replaced by another");
        assertThat(Counters.of(program.pid(), PROC))
            .as("those in its memory")
            .containsInstanceOf(CountersMemory.class);
      } finally {
        Files.delete(planted);
      }
    }
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws Exception {
    try (var program = JavaProgram.start()) {
      var known = Counters.of(program.pid(), PROC).orElseThrow();
      var moved = Files.move(path(program), directory.resolve("moved"));
      var link = Files.createSymbolicLink(path(program), moved);
      try {
        assertThatThrownBy(known::read).isInstanceOf(IOException.class);
      } finally {
        Files.delete(link);
      }
    }
  }

  /** Its thread's name was cut to 15 bytes, in the middle of a character. */
  @Test
  void aUserMayHaveAnyName() throws Exception {
    assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
    var process = Files.createDirectory(directory.resolve("42"));
    var user = Files.createDirectories(process.resolve("root/tmp/hsperfdata_jos\u00e9"));
    var file = Files.createFile(user.resolve("7"));
    Files.writeString(
        process.resolve("maps"),
        "7f0-7f8 rw-s 00000000 fd:01 %s   /tmp/hsperfdata_jos\u00e9/7\n"
            .formatted(Files.getAttribute(file, "unix:ino")));
    Files.writeString(
        process.resolve("status"),
        "Name:\t\u00c3\nUid:\t0\t0\t0\t0\nNSpid:\t42\t7\nSigCgt:\t0\n",
        StandardCharsets.ISO_8859_1);
    assertThat(Counters.of(42, directory)).isPresent();
  }

  @Test
  void aJvmMayHaveRoomForManyCounters() throws Exception {
    try (var program = JavaProgram.start("-XX:PerfDataMemorySize=2m")) {
      assertThat(Counters.of(program.pid(), PROC).orElseThrow().read().threads()).isPositive();
    }
  }

  @Test
  void aFileOfManyMegabytesIsNotRead() throws Exception {
    try (var program = JavaProgram.start()) {
      var file = Counters.of(program.pid(), PROC).orElseThrow();
      try (var channel = FileChannel.open(path(program), StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1), 3 << 20);
      }
      assertThatThrownBy(file::read).hasMessageContaining("more than 2097152");
      assertThat(file.now()).isEmpty();
    }
  }
}
