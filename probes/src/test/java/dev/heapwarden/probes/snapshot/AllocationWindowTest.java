package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.probe.BpftraceLine;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The lines are of bpftrace 0.23.2's form. */
class AllocationWindowTest {
  private final AllocationWindow window = new AllocationWindow();

  @Tag("E18")
  @Test
  void whatIsLeftIsToldByItsCallersMostBytesFirst() {
    read("{\"type\": \"printf\", \"data\": \"start 1000000000\\n\"}");
    read("{\"type\": \"map\", \"data\": {\"@closed\": 3500000000}}");
    read("{\"type\": \"map\", \"data\": {\"@paid\": 7000000}}");
    read("{\"type\": \"map\", \"data\": {\"@older\": 3}}");
    read(
        "{\"type\": \"map\", \"data\": {\"@bytes\": {\"0,17,-5,0,0\": 100, \"1,18,0,0,0\": 4096,"
            + " \"0,19,0,0,0\": 0, \"0,20,0,0,0\": -16}}}");
    read(
        "{\"type\": \"map\", \"data\": {\"@blocks\": {\"0,17,-5,0,0\": 2, \"1,18,0,0,0\": 1,"
            + " \"0,19,0,0,0\": 0, \"0,20,0,0,0\": 0}}}");

    assertThat(window.attached()).isTrue();
    assertThat(window.whole()).isTrue();
    assertThat(window.seconds()).isEqualTo(2.5);
    assertThat(window.paid()).isEqualTo(7_000_000);
    assertThat(window.older()).isEqualTo(3);
    assertThat(window.stacks())
        .containsExactly(
            new AllocationWindow.Stack(true, 4096, 1, List.of(18L, 0L, 0L, 0L)),
            new AllocationWindow.Stack(false, 100, 2, List.of(17L, -5L, 0L, 0L)));
  }

  @Test
  void aWindowThatEndedInItsFirstHalfIsNotWhole() {
    read("{\"type\": \"printf\", \"data\": \"start 1000000000\\n\"}");
    read("{\"type\": \"map\", \"data\": {\"@paid\": 7000000}}");

    assertThat(window.attached()).isTrue();
    assertThat(window.whole()).isFalse();
  }

  @Test
  void whatItHadNoRoomForIsCounted() {
    read("{\"type\": \"map\", \"data\": {\"@leftout\": 12}}");
    read("{\"type\": \"lost_events\", \"data\": {\"events\": 5}}");
    read("{\"type\": \"helper_error\", \"helper\": \"map_update_elem\", \"retcode\": -7}");

    assertThat(window.leftOut()).isEqualTo(12);
    assertThat(window.lost()).isEqualTo(6);
  }

  private void read(String line) {
    window.read(BpftraceLine.parse(line).orElseThrow());
  }
}
