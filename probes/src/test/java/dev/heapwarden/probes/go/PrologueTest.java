package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code as {@code objdump -d} shows it of what Go 1.26 compiled. */
class PrologueTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a small frame and a near jump, 49 3b 66 10 76 30 55 48 89 e5, 6",
    "a small frame and a far jump, 49 3b 66 10 0f 86 d3 00 00 00 55 48 89 e5, 10",
    "a large frame, 4c 8d 64 24 c0 4d 3b 66 10 0f 86 3f 05 00 00 55 48 89 e5, 15",
    "a larger frame, 4c 8d a4 24 20 ff ff ff 4d 3b 66 10 0f 86 3f 05 00 00 55, 18",
    "a function on the runtime's own stack, 49 3b 66 18 0f 86 e3 00 00 00 55 48 89 e5, 10",
    "the same with a large frame, 4c 8d 64 24 e8 4d 3b 66 18 0f 86 1e 04 00 00 55 48 89 e5, 15",
    "another field than a guard, 49 3b 66 20 0f 86 e3 00 00 00 55 48 89 e5, 0",
    "no stack check, 55 48 89 e5 48 83 ec 10, 0",
    "no frame, 48 8b 05 01 02 03 04 c3, 0",
    "a check without a frame, 49 3b 66 10 76 30 48 89 e5, 0",
    "a check without its jump, 49 3b 66 10 55 48 89 e5, 0",
    "code that is cut off, 49 3b 66 10 76, 0"
  })
  void theFrameIsFoundAfterTheStackCheck(String what, String code, int offset) {
    assertThat(Prologue.toFrame(HexFormat.ofDelimiter(" ").parseHex(code)))
        .as(what)
        .isEqualTo(offset);
  }
}
