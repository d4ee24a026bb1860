package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.probe.BpftraceLine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KernelMemoryWindowTest {
  private final KernelMemoryWindow window = new KernelMemoryWindow();

  @Tag("E8")
  @Test
  void whatThereWasNoRoomForIsCounted() {
    window.read(new BpftraceLine.Lost(5));
    window.read(new BpftraceLine.MapFull());

    assertThat(window.lost()).isEqualTo(6);
  }

  @Test
  void itWasOpenFromItsStartToItsEnd() {
    assertThat(window.attached()).isFalse();
    window.read(new BpftraceLine.Text("start 1000000000"));

    assertThat(window.attached()).isTrue();
    assertThat(window.seconds()).isEmpty();

    window.read(new BpftraceLine.Text("end 3500000000"));

    assertThat(window.seconds()).hasValue(2.5);
  }
}
