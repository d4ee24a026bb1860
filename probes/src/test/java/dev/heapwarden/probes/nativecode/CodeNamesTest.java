package dev.heapwarden.probes.nativecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeNamesTest {
  /** Prints where inner returns to, an address in the code where nothing returns, and data. */
  private static final String TEXT =
      """
      __attribute__((noinline)) static void inner(void) { RETURNS; }
      __attribute__((noinline)) void outer(void) { inner(); __asm__ volatile(""); }
      int main(void) {
        outer();
        printf("%lx\\n%lx\\n", (unsigned long)outer, (unsigned long)stdout);
        wait_for_input();
      }
      """;

  @TempDir Path directory;

  @Test
  void aReturnAddressIsNamedByTheFunctionThatCalls() throws Exception {
    try (var program = new CProgram(directory, TEXT)) {
      long returns = program.addresses().getFirst();
      assertThat(new CodeNames(program.files()).frames(List.of(returns)).values())
          .singleElement()
          .satisfies(
              frame -> {
                assertThat(frame.text()).isEqualTo("outer");
                assertThat(frame.library()).startsWith("program");
              });
    }
  }

  @Test
  void withoutSymbolsItIsTheLibraryAndTheAddressInIt() throws Exception {
    try (var program = new CProgram(directory, TEXT, "-s")) {
      long returns = program.addresses().getFirst();
      assertThat(new CodeNames(program.files()).frames(List.of(returns)).values())
          .singleElement()
          .satisfies(frame -> assertThat(frame.text()).matches("program.*\\+0x1[0-9a-f]{3}"));
    }
  }

  @Test
  void whatNoCallReturnsToIsNoFrame() throws Exception {
    try (var program = new CProgram(directory, TEXT)) {
      var nowhere = program.addresses().subList(1, 3);
      assertThat(new CodeNames(program.files()).frames(nowhere)).isEmpty();
    }
  }
}
