package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WantedLogTest {
  private static final TargetProcess GO = ReadLogs.process(RuntimeKind.GO, 1, 2000);
  private static final TargetProcess SMALL_GO = ReadLogs.process(RuntimeKind.GO, 2, 10);
  private static final TargetProcess JVM = ReadLogs.process(RuntimeKind.JVM, 3, 1000);

  /** What is judged is Go: that the other is not says nothing of its log. */
  @Test
  void aJvmBesideAGoProgramDoesNotKeepItsLogFromBeingRead() {
    assertThat(wanted(List.of(GO, JVM), "GoGc", "JvmCounters"))
        .hasValueSatisfying(
            log -> {
              assertThat(log.process()).isEqualTo(GO);
              assertThat(log.probe()).isEqualTo("GoGcTrace");
            });
  }

  @Test
  void ofAJvmTheLogIsWantedWhereCountersDoNotTellWhatIsLive() {
    assertThat(wanted(List.of(JVM), "JvmCounters"))
        .hasValueSatisfying(log -> assertThat(log.alone()).isTrue());
    assertThat(wanted(List.of(JVM, SMALL_GO), "JvmLiveHeap", "GoGc"))
        .hasValueSatisfying(
            log -> {
              assertThat(log.process()).isEqualTo(JVM);
              assertThat(log.probe()).isEqualTo("JvmGcLog");
              assertThat(log.alone()).isFalse();
            });
  }

  @Test
  void whereOtherMeansTellNoLogIsWanted() {
    assertThat(wanted(List.of(JVM), "GoGc", "JvmPauses")).isEmpty();
    assertThat(wanted(List.of(GO), "GoMapGrowth")).isEmpty();
  }

  @Test
  void thoseBesideItAreOfItsRuntime() {
    assertThat(wanted(List.of(GO, SMALL_GO, JVM), "GoGc").orElseThrow().beside())
        .containsExactly(SMALL_GO);
  }

  private static Optional<WantedLog> wanted(List<TargetProcess> processes, String... refused) {
    return WantedLog.of(
        new Target(Web.watched(), Optional.empty(), processes),
        Stream.of(refused).map(probe -> new Attachment(probe, State.REFUSED, "why")).toList());
  }
}
