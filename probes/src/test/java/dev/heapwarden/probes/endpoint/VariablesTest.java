package dev.heapwarden.probes.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.detection.sample.Signal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariablesTest {
  @Test
  void whatGoTellsOfItsMemoryIsRead() throws IOException {
    var told = Variables.read(new ByteArrayInputStream(Recorded.expvar()));

    assertThat(told.figures())
        .containsEntry(Signal.ALLOCATED_OBJECTS, 4661.0)
        .containsEntry(Signal.FREED_OBJECTS, 534.0)
        .containsEntry(Signal.HEAP_SYS, 8060928.0)
        .containsEntry(Signal.HEAP_IN_USE, 1941504.0)
        .containsEntry(Signal.HEAP_IDLE, 6119424.0)
        .containsEntry(Signal.HEAP_RELEASED, 6053888.0)
        .containsEntry(Signal.ALLOCATED_BYTES, 846576.0)
        .containsEntry(Signal.FREED_BYTES, 0.0)
        .containsKey(Signal.SPAN_IN_USE);
    assertThat(told.bytes()).isBetween(3_000L, (long) Recorded.expvar().length);
  }

  @Test
  void whatIsNoCountIsLeftOut() throws IOException {
    assertThat(
            Variables.read(
                    Recorded.text(
                        """
                        {"a": {"memstats": {"Frees": 1}}, "memstats":
                         {"Frees": 2, "Mallocs": "3", "HeapSys": -4, "HeapIdle": [5], "HeapInuse": 1e999}}
                        """))
                .figures())
        .isEqualTo(Map.of(Signal.FREED_OBJECTS, 2.0));
  }

  @Test
  void whatTellsNothingKnownSaysWhatItIsInstead() {
    assertRefused("<!doctype html><p>secret", "its answer is no JSON object");
    assertRefused("secret", "its answer is no JSON object");
    assertRefused("[1]", "its answer is no JSON object");
    assertRefused("{\"memstats\": {\"Frees\": 1", "its answer is no JSON object");
    assertRefused("[".repeat(100_000), "its answer is no JSON object");
    assertRefused("{\"a\": " + "[".repeat(100_000), "its answer is no JSON object");
    assertRefused(
        "{\"secret\": 1, \"memstats\": 3}", "no memstats of Go are in it: 2 other variables");
    assertRefused("{}", "no memstats of Go are in it: 0 other variables");
  }

  private static void assertRefused(String text, String reason) {
    assertThatThrownBy(() -> Variables.read(Recorded.text(text)))
        .isInstanceOf(EndpointException.class)
        .hasMessage(reason);
  }
}
