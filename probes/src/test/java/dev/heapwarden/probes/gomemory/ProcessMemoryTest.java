package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessMemoryTest {
  @Test
  void aProcessThatEndsIsAClearErrorAndNotAnotherProcess() throws Exception {
    try (var program = GoMemoryProgram.start("local");
        var process = program.open()) {
      long rate = process.address(RuntimeVariables.PROFILE_RATE);
      assertThat(process.memory().word(rate)).isEqualTo(512 * 1024);

      program.kill();

      assertThatThrownBy(() -> process.memory().word(rate))
          .isInstanceOf(MemoryException.class)
          .hasMessage("the process has ended");
    }
  }

  @Test
  void anAddressWithNothingBehindItIsAClearError() throws Exception {
    try (var program = GoMemoryProgram.start("local");
        var process = program.open()) {
      assertThatThrownBy(() -> process.memory().word(4096))
          .isInstanceOf(MemoryException.class)
          .hasMessage("no memory where some should be");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "-8, 8", "140737488355320, 16", "4096, -1", "4096, 9000000"})
  void whatIsNoPlaceInAProcessIsNotRead(long address, long length) {
    var memory = memory(1 << 20, Duration.ofMinutes(1));

    assertThatThrownBy(() -> memory.read(address, length))
        .isInstanceOf(MemoryException.class)
        .hasMessageStartingWith("no place to read");
  }

  @Test
  void readingEndsAtItsLimitsOfBytesAndOfTime() throws Exception {
    var small = memory(100, Duration.ofMinutes(1));
    assertThat(small.read(4096, 64).remaining()).isEqualTo(64);
    assertThatThrownBy(() -> small.read(4096, 64))
        .hasMessage("the limit of bytes to be read is reached");

    assertThatThrownBy(() -> memory(100, Duration.ZERO).word(4096))
        .hasMessage("the limit of time to read is reached");
  }

  private static ProcessMemory memory(long bytes, Duration time) {
    return new ProcessMemory(
        new ProcessMemory.Source() {
          @Override
          public int read(ByteBuffer into, long address) {
            into.put((byte) 1);
            return 1;
          }

          @Override
          public void close() {}
        },
        bytes,
        time);
  }
}
