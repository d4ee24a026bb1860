package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.cost.Cause;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The lines are bpftrace 0.23.2's own, recorded. */
class NodeEventsTest {
  private final NodeEvents events =
      new NodeEvents(Set.of(12594L, 9L), new Hits(NodePlan.nothing(), List.of()));

  @Test
  void aProgramThatOnlyAnnouncedItsProbesIsNotAttached() {
    read("{\"type\": \"attached_probes\", \"data\": {\"probes\": 5}}");
    assertThat(events.started()).isEmpty();

    read("{\"type\": \"printf\", \"data\": \"start 2073642525409\\n\"}");
    assertThat(events.started()).hasValue(2073642525409L);
  }

  @Test
  void aMapsGrowthTellsItsEntriesItsTypeAndWhoMadeItGrow() {
    assertThat(
            read(
                "{\"type\": \"printf\", \"data\": \"map 12594 2042961077451 3085bd2c0c30 106552"
                    + " 4a1be0 40fef1 49f08f 49f133 449275 0 0\\n"
                    + "\"}"))
        .containsExactly(
            new ProbeEvent.MapGrowth(
                12594,
                2042961077451L,
                0x3085bd2c0c30L,
                106552,
                0x4a1be0,
                List.of(0x40fef1L, 0x49f08fL, 0x49f133L, 0x449275L, 0L, 0L)));
  }

  @Test
  void collectionsThatWereNotToldAreCountedWithTheNextOne() {
    read("{\"type\": \"printf\", \"data\": \"gc 12594 100 4096 1 52000\\n\"}");

    assertThat(read("{\"type\": \"printf\", \"data\": \"gc 12594 200 8192 4 31000\\n\"}"))
        .containsExactly(new ProbeEvent.Collection(12594, 200, 8192, 3, 31000));
  }

  @Test
  void whatACollectionLeavesInAJvmAndHowLongItPausedAreTold() {
    assertThat(
            read(
                "{\"type\": \"printf\", \"data\": \"pool 12594 13328109102879 6e756f5920314720"
                    + " 4720646c4f203147 1508408 18446744073709551615 88744\\n\"}"))
        .containsExactly(
            new ProbeEvent.JvmCollection(
                12594,
                13328109102879L,
                0x6e756f5920314720L,
                0x4720646c4f203147L,
                1508408,
                -1,
                88744));
    assertThat(
            read("{\"type\": \"printf\", \"data\": \"pause 12594 13328060657574 15771764 1\\n\"}"))
        .containsExactly(new ProbeEvent.JvmPause(12594, 13328060657574L, 15771764, true));
  }

  @Test
  void theFaultsOfASlotAreKnownWhenItEndedAndAQuietProcessHadNone() {
    assertThat(read("{\"type\": \"map\", \"data\": {\"@f1\": {\"12594\": 81}}}")).isEmpty();

    assertThat(read("{\"type\": \"printf\", \"data\": \"slot 407\\n\"}"))
        .containsExactlyInAnyOrder(
            new ProbeEvent.Faults(12594, 2_040_000_000_000L, 81),
            new ProbeEvent.Spent(12594, 2_040_000_000_000L, Cause.PAGE_FAULTS, 81 * 500),
            new ProbeEvent.Faults(9, 2_040_000_000_000L, 0));
  }

  @Test
  void whatAProgramPrintsAtItsEndIsNotASlot() {
    assertThat(read("{\"type\": \"map\", \"data\": {\"@f1\": {\"12594\": 55}}}")).isEmpty();
    assertThat(read("{\"type\": \"map\", \"data\": {\"@slot\": 415}}")).isEmpty();
  }

  @Test
  void blankLinesHalfLinesAndLostEventsAreTakenAsTheyCome() {
    assertThat(BpftraceLine.parse("")).isEmpty();
    assertThat(BpftraceLine.parse("{\"type\": \"pri")).isEmpty();
    assertThat(BpftraceLine.parse("{\"type\": \"lost_events\", \"data\": {\"events\": 12}}"))
        .contains(new BpftraceLine.Lost(12));
  }

  @Test
  void anEventThatNoMapHadRoomForIsSeen() {
    assertThat(
            BpftraceLine.parse(
                "{\"type\": \"helper_error\", \"msg\": \"Map full; can't update element. Try"
                    + " increasing max_map_keys config\", \"helper\": \"map_update_elem\","
                    + " \"retcode\": -7, \"line\": 3, \"col\": 33}"))
        .contains(new BpftraceLine.MapFull());
    assertThat(
            BpftraceLine.parse(
                "{\"type\": \"helper_error\", \"helper\": \"probe_read_user\", \"retcode\":"
                    + " -14, \"line\": 3, \"col\": 33}"))
        .isEmpty();
  }

  private List<ProbeEvent> read(String line) {
    return events.read(BpftraceLine.parse(line).orElseThrow());
  }
}
