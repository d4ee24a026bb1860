package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("E9")
class MapProgramTest {
  private static final Pattern REGISTER = Pattern.compile("reg\\(\"(\\w+)\"\\)");

  @Test
  void onAmd64TheReturnAddressIsOnTheStackAndTheMapInTheSecondRegister() throws IOException {
    var text = text(GoPrograms.plain());

    assertThat(registers(text)).containsOnly("ax", "bx", "bp", "r14", "sp");
    assertThat(text)
        .contains("$map = (uint64)reg(\"bx\");")
        .contains("@type[$map] = (uint64)reg(\"ax\");")
        .contains("$r0 = *(uint64*)reg(\"sp\"); $bp = reg(\"bp\");");
  }

  @Test
  void onArm64TheReturnAddressIsInTheLinkRegister() throws IOException {
    var text = text(GoPrograms.arm64());

    assertThat(registers(text)).containsOnly("r0", "r1", "r28", "r29", "r30");
    assertThat(text)
        .contains("$map = (uint64)reg(\"r1\");")
        .contains("@type[$map] = (uint64)reg(\"r0\");")
        .contains("$r0 = reg(\"r30\"); $bp = reg(\"r29\");");
  }

  /** From frame to frame: the word behind a frame pointer is where that call returns to. */
  @Test
  void aWriteIsCountedByItsCallers() throws IOException {
    assertThat(text(GoPrograms.plain()))
        .containsPattern(
            "\\$r1 = \\*\\(uint64\\*\\)\\(\\$bp \\+ 8\\); \\$bp = \\*\\(uint64\\*\\)\\$bp;\\s+"
                + "\\$r2 = \\*\\(uint64\\*\\)\\(\\$bp \\+ 8\\);")
        .contains("@writes[$map, $r0, $r1, $r2, $r3, $r4, $r5] = count();");
  }

  private static String text(Path program) throws IOException {
    var binary = GoBinary.read(program).orElseThrow();
    return MapProgram.text(Path.of("/tmp/hw/1"), 7, binary, Duration.ofSeconds(3));
  }

  private static List<String> registers(String text) {
    return REGISTER.matcher(text).results().map(found -> found.group(1)).toList();
  }
}
