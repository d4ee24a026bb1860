package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On files as Linux writes them. */
class MappedMemoryTest {
  @TempDir private Path process;

  @Test
  void whatHasOneNameIsOneFigure() throws Exception {
    var read =
        read(
            mapping("0-1", "/app/server", 4)
                + mapping("1-2", "", 8)
                + mapping("2-3", "/app/server", 16)
                + mapping("3-4", "[anon: Go: heap]", 32));

    assertThat(read.largest())
        .extracting(MappedMemory.Mapped::name)
        .containsExactly("[anon: Go: heap]", "/app/server", "anonymous");
    assertThat(read.largest().get(1).mappings()).isEqualTo(2);
    assertThat(read.largest().get(1).bytes()).containsEntry("Rss", 20L << 10);
    assertThat(read.rollup()).containsEntry("Pss", 7L << 10).doesNotContainKey("VmFlags");
  }

  @Test
  void aProcessThatMapsVeryManyFilesIsToldWithinBounds() throws Exception {
    var read =
        read(
            IntStream.range(0, 5000)
                .mapToObj(i -> mapping(i + "-" + (i + 1), "/" + "x".repeat(500) + i, 4))
                .collect(Collectors.joining()));
    assertThat(read.largest()).hasSize(1);

    read =
        read(
            IntStream.range(0, 70_000)
                .mapToObj(i -> mapping(i + "-" + (i + 1), "/file" + i, 4))
                .collect(Collectors.joining()));
    assertThat(read.largest()).hasSize(200);
    assertThat(read.others().mappings()).isEqualTo(65_536 - 200);
    assertThat(read.others().bytes()).containsEntry("Rss", (65_536L - 200) * 4096);
    assertThat(read.whole()).isFalse();
  }

  private MappedMemory read(String smaps) throws IOException {
    Files.writeString(process.resolve("smaps"), smaps);
    Files.writeString(
        process.resolve("smaps_rollup"),
        "0-4 ---p 00000000 00:00 0 [rollup]\nRss:      60 kB\nPss:       7 kB\n");
    return MappedMemory.read(process);
  }

  private static String mapping(String addresses, String name, int resident) {
    return """
    %s rw-p 00000000 00:00 0                  %s
    Size:               1024 kB
    KernelPageSize:        4 kB
    Rss:            %8d kB
    THPeligible:           0
    VmFlags: rd wr mr mw me ac
    """
        .formatted(addresses, name, resident);
  }
}
