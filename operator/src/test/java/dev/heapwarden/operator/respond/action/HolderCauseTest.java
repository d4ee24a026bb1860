package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolderCauseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sync.Map | SYNC_MAP",
        "*sync.Map | SYNC_MAP",
        "sync.Pool | POOL_ITEM",
        "[]func() int | CLOSURE",
        "map[string]func(main.event) | CLOSURE",
        "[]context.Context | CLOSURE",
        "[]*time.Timer | TIMER",
        "map[int]*time.Ticker | TIMER",
        "[]chan string | CLOSED_CHANNEL",
        "map[[2]string]chan int | CLOSED_CHANNEL",
        "[]map[string]int | SLICE_OF_MAPS",
        "[]map[string]interface {} | JSON_KEPT",
        "map[string]*main.session | MAP_GROWTH",
        "map[string][]string | LOG_BUFFER",
        "map[string]map[string]int | MAP_GROWTH",
        // A type of the program's own, and what slices of it are kept for, is not known.
        "[]*main.session | UNKNOWN",
        "*main.store | UNKNOWN",
        "chan *main.session | UNKNOWN",
        "[]time.Time | UNKNOWN",
        "[4 | UNKNOWN"
      })
  void whatAVariableKeepsIsToldByItsType(String type, Cause cause) {
    assertThat(HolderCause.of(holder(type))).isEqualTo(cause);
  }

  @Test
  void withoutATypeNothingIsTold() {
    assertThat(HolderCause.of(holder(null))).isEqualTo(Cause.UNKNOWN);
  }

  @Test
  void whatTheRuntimesTimersHoldWaitsForItsTime() {
    assertThat(HolderCause.of(holder(HolderReport.Kind.TIMERS, null))).isEqualTo(Cause.TIMER);
    assertThat(HolderCause.of(holder(HolderReport.Kind.GOROUTINES, null))).isEqualTo(Cause.UNKNOWN);
  }

  @Test
  void whatOnlyFinalizersHoldNeverBecomesGarbage() {
    assertThat(HolderCause.of(holder(HolderReport.Kind.FINALIZERS, null)))
        .isEqualTo(Cause.FINALIZER_CYCLE);
  }

  @Test
  void aSnapshotThatNamesTheVariableNamesTheCause() {
    var reminders = held("main.reminders", "[]*time.Timer", 60, 90_000);

    assertThat(named("main.reminders", reminders))
        .hasValueSatisfying(
            named -> {
              assertThat(named.cause()).isEqualTo(Cause.TIMER);
              assertThat(named.site()).isEqualTo("main.reminders");
            });
  }

  @Test
  void aVariableThatHoldsLessThanHalfOfWhatWasGainedIsNotTheLeak() {
    var pending = held("main.pending", "[]main.request", 49, 90_000);

    assertThat(named("main.pending", pending)).isEmpty();
    assertThat(named("main.pending", pending, held("main.users", "sync.Map", 100, 0)))
        .contains(
            new SnapshotCause(
                Cause.SYNC_MAP,
                "main.users",
                "only main.users (sync.Map) holds as much as was gained: 100.0 MiB (100 % of the"
                    + " heap)"));
  }

  @Test
  void whereThatIsTooSmallTheOneThatGainsMostOfThoseThatAreNotIsNamed() {
    var garbage = held("main.main", null, 2, 900_000);
    var reminders = held("main.reminders", "[]*time.Timer", 60, 5_000);

    assertThat(named("main.main", garbage, reminders, held("main.catalogue", "[][]uint8", 300, 0)))
        .hasValueSatisfying(
            named -> {
              assertThat(named.cause()).isEqualTo(Cause.TIMER);
              assertThat(named.site()).isEqualTo("main.reminders");
            });
    assertThat(named("main.main", garbage, held("main.reminders", "[]*time.Timer", 60, -5_000)))
        .isEmpty();
  }

  @Test
  void whereNobodyGainsInTheWindowOneThatAloneHoldsAsMuchIsNamed() {
    var users = held("main.users", "sync.Map", 100, 0);

    assertThat(named(null, users).orElseThrow().cause()).isEqualTo(Cause.SYNC_MAP);
    assertThat(named(null, held("main.users", "sync.Map", 99, 0))).as("less").isEmpty();
    assertThat(named(null, users, held("main.cache", "[]string", 99, 0))).isPresent();
    assertThat(named(null, users, held("main.cache", "[]string", 110, 0))).as("two").isEmpty();
    assertThat(named(null, users, held("main.pending", "[]string", 110, -120_000)))
        .as("what goes again")
        .isPresent();
    assertThat(named(null, held("main.users", "sync.Map", 110, -110_000)))
        .as("a few that go")
        .isPresent();
    assertThat(named(null, held("runtime.allp", "[]*runtime.p", 110, 0))).isEmpty();
    assertThat(
            SnapshotCause.of(
                Fixtures.finding().ofCause("NativeGrowth", "Kernel"), status(null, users)))
        .as("memory that is no part of the heap")
        .isEmpty();
  }

  private static Optional<SnapshotCause> named(@Nullable String site, HolderReport... holders) {
    // It gained 100 MiB.
    var baseline = Fixtures.finding().ofCause("Unknown", "Application");
    return SnapshotCause.of(baseline, status(site, holders));
  }

  private static MemorySnapshotStatus status(@Nullable String site, HolderReport... holders) {
    var status = new HashMap<String, Object>(Map.of("phase", "Completed", "holders", holders));
    status.put("site", site);
    return Serialization.unmarshal(Serialization.asYaml(status), MemorySnapshotStatus.class);
  }

  private static HolderReport held(
      String name, @Nullable String type, long mebibytes, double gained) {
    return new HolderReport(
        HolderReport.Kind.VARIABLE,
        name,
        type,
        mebibytes << 20,
        mebibytes / 100.0,
        9,
        gained,
        2,
        null,
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]map[string]int | 0.1 | EMPTIED_MAP",
        "[]map[string]int | 0.3 | SLICE_OF_MAPS",
        "[]map[string]interface {} | 0.1 | EMPTIED_MAP",
        "[]string | 0.01 | SLICE_HEADER",
        "[][]uint8 | 0.2 | SLICE_HEADER",
        "[][]uint8 | 0.9 | UNKNOWN",
      })
  void whatIsKeptAndHardlyUsedIsTold(String type, double used, Cause cause) {
    assertThat(HolderCause.of(holder(type).using(used))).isEqualTo(cause);
  }

  private static HolderReport holder(@Nullable String type) {
    return holder(HolderReport.Kind.VARIABLE, type);
  }

  private static HolderReport holder(HolderReport.Kind kind, @Nullable String type) {
    return new HolderReport(kind, "main.kept", type, 1, 1, 1, 1.0, 1, null, List.of());
  }
}
