package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class UprobeTest {
  private static final Path LINK = Path.of("/tmp/hw/1");

  @Test
  void aFunctionIsProbedWhereItPushesTheFramePointer() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();

    assertThat(Uprobe.of(LINK, binary, GoBinary.STOP_WORLD))
        .matches("uprobe:/tmp/hw/1:\"runtime\\.stopTheWorldWithSema\"\\+[1-9][0-9]*");
  }

  @Test
  void aNameWithAnAsteriskHasItsPlaceToldByAddress() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();
    var place = Objects.requireNonNull(binary.functions().get(GoBinary.GC));

    assertThat(place.toFrame()).isPositive();
    assertThat(Uprobe.of(LINK, binary, GoBinary.GC))
        .isEqualTo("uprobe:/tmp/hw/1:0x%x".formatted(place.address() + place.toFrame()));
  }

  @Test
  void aStopOfTheWorldIsNoDearerThanACollection() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();

    assertThat(
            List.of(
                Uprobe.cost(binary, GoBinary.GC),
                Uprobe.cost(binary, GoBinary.STOP_WORLD),
                Uprobe.cost(binary, GoBinary.START_WORLD)))
        .containsOnly(HitCost.UPROBE);
  }

  @Test
  void aFunctionWithoutAKnownFrameIsProbedAtItsFirstInstruction() throws IOException {
    var binary = GoBinary.read(GoPrograms.arm64()).orElseThrow();

    assertThat(Uprobe.of(LINK, binary, GoBinary.GC))
        .isEqualTo("uprobe:/tmp/hw/1:\"" + GoBinary.GC + "\"");
  }
}
