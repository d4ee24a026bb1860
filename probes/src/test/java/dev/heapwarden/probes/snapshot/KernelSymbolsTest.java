package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSymbolsTest {
  @TempDir Path directory;

  @Test
  void anAddressIsNamedByTheFunctionThatHoldsIt() throws IOException {
    var kallsyms =
        Files.writeString(
            directory.resolve("kallsyms"),
            """
            ffffffff81000500 t second
            ffffffff81000100 T first
            ffffffff81000180 d data
            ffffffff81000000 T _text
            ffffffff81000000 T _stext
            ffffffffc0000000 t module_function	[mod]
            """);

    assertThat(
            KernelSymbols.names(
                kallsyms,
                List.of(
                    0xffffffff81000100L,
                    0xffffffff810001ffL,
                    0xffffffff81000600L,
                    0xffffffffc0000010L)))
        .isEqualTo(
            Map.of(
                0xffffffff81000100L, "first",
                0xffffffff810001ffL, "first",
                0xffffffff81000600L, "second",
                0xffffffffc0000010L, "module_function"));
  }

  @Test
  void whereTheKernelHidesItsAddressesNothingIsNamed() throws IOException {
    var kallsyms = Files.writeString(directory.resolve("kallsyms"), "0000000000000000 T _text\n");

    assertThat(KernelSymbols.names(kallsyms, List.of(0xffffffff81000100L))).isEmpty();
  }
}
