package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeProgramTest {
  private static final Path LINK = Path.of("/tmp/hw/1");

  @TempDir Path directory;

  @Test
  void aProgramWithSymbolsIsProbedByName() throws IOException {
    assertThat(text(GoPrograms.plain()))
        .containsPattern("uprobe:/tmp/hw/1:\"\\Q" + GoBinary.STOP_WORLD + "\\E\"\\+[1-9][0-9]*")
        .contains("reg(\"bx\")", "$bp = reg(\"bp\");", "$r0 = *(uint64*)reg(\"sp\");");
  }

  /** Where a file has no symbols bpftrace takes the number for an offset in it, not an address. */
  @Test
  void aStrippedProgramIsProbedByTheOffsetOfTheFunctionInItsFile() throws IOException {
    var binary = GoBinary.read(GoPrograms.stripped()).orElseThrow();
    var place = Objects.requireNonNull(binary.functions().get(GoBinary.GC));

    assertThat(place.offset()).isNotEqualTo(place.address());
    assertThat(text(GoPrograms.stripped()))
        .contains("uprobe:/tmp/hw/1:0x%x {".formatted(place.probed()))
        .doesNotContain(GoBinary.GC);
  }

  @Test
  void onArm64TheArgumentsAreInItsOwnRegistersAndTheReturnAddressInTheLinkRegister()
      throws IOException {
    // (c *gcControllerState) resetLive(bytesMarked); (t *table) rehash(typ, m)
    assertThat(text(GoPrograms.arm64()))
        .contains("@live[pid] = reg(\"r1\");", "if (reg(\"r0\") == 1) { @stopped[pid]")
        .contains("$map = reg(\"r2\");", "$bp = reg(\"r29\");", "$r0 = reg(\"r30\");")
        .contains("$map, $used, reg(\"r1\"), $r0")
        .doesNotContain("\"ax\"", "\"bx\"", "\"cx\"", "\"bp\"", "\"sp\"");
  }

  @Test
  void onlyAProgramThatProbesByOffsetIsRunUnsafe() throws Exception {
    assertThat(arguments("uprobe:/tmp/hw/1:0x1f320 /@t[pid] == 2/ { }")).contains("--unsafe");
    assertThat(arguments("uprobe:/tmp/hw/1:\"main.f\" /@t[pid] == 0x2/ { }"))
        .doesNotContain("--unsafe");
  }

  private String arguments(String program) throws IOException {
    var script =
        Files.writeString(
            directory.resolve("bpftrace"),
            "#!/bin/sh\necho \"{\\\"type\\\": \\\"printf\\\", \\\"data\\\": \\\"$*\\\"}\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    var said = new ConcurrentLinkedQueue<String>();
    new Bpftrace(List.of(script.toString()), directory.resolve("scratch"))
        .start(program, 0, List.of(), Duration.ofSeconds(30), line -> said.add(line.toString()))
        .ended()
        .join();
    return String.join("\n", said);
  }

  private static String text(Path program) throws IOException {
    var executable = new GoExecutable(program, GoBinary.read(program).orElseThrow());
    var id = ExecutableId.of(program);
    return NodeProgram.text(
        new NodePlan(Set.of(), Map.of(id, executable), Map.of(), Set.of()),
        List.of(new NodeProgram.Probed(2, id, LINK, executable)));
  }
}
