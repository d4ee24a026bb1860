package dev.heapwarden.operator.respond.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MaintenanceWindow;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaintenanceWindowsTest {
  private static final MaintenanceWindow NIGHT =
      new MaintenanceWindow("0 0 2 * * ?", "Europe/Berlin", "2h", List.of(3));

  @ParameterizedTest
  @CsvSource({
    // Summer: 02:00 in Berlin is 00:00 UTC. The end is not part of the window.
    "2026-07-01T00:00:00Z, true",
    "2026-07-01T01:59:59.999Z, true",
    "2026-07-01T02:00:00Z, false",
    "2026-06-30T23:59:59.999Z, false",
    // Winter: 02:00 in Berlin is 01:00 UTC.
    "2026-01-10T00:59:59Z, false",
    "2026-01-10T01:00:00Z, true",
    "2026-01-10T02:59:59Z, true",
    "2026-01-10T03:00:00Z, false",
    // 29 March 2026: the clock jumps from 02:00 to 03:00 (01:00 UTC); there is no 02:00 that day.
    "2026-03-29T00:59:59Z, false",
    "2026-03-29T01:00:00Z, false",
    "2026-03-30T00:00:00Z, true",
    // 25 October 2026: 02:00 comes twice, at 00:00 and 01:00 UTC; it opens at one of them.
    "2026-10-25T01:30:00Z, true",
    "2026-10-25T03:00:00Z, false",
  })
  void aWindowFollowsTheClockOfItsTimeZone(Instant now, boolean open) {
    var ruling = MaintenanceWindows.ruling(List.of(NIGHT), 3, now);
    assertThat(ruling instanceof Ruling.Go).as(ruling.toString()).isEqualTo(open);
  }

  @Test
  void aLevelThatNoWindowNamesIsFree() {
    var noon = Instant.parse("2026-07-01T12:00:00Z");
    assertThat(MaintenanceWindows.ruling(List.of(NIGHT), 2, noon)).isInstanceOf(Ruling.Go.class);
    assertThat(MaintenanceWindows.ruling(List.of(), 3, noon)).isInstanceOf(Ruling.Go.class);
  }

  @Test
  void oneOpenWindowOfSeveralIsEnoughAndElseTheNextOneIsNamed() {
    var tea = new MaintenanceWindow("0 0 16 * * ?", "UTC", "30m", List.of(2, 3));
    var windows = List.of(NIGHT, tea);
    assertThat(MaintenanceWindows.ruling(windows, 3, Instant.parse("2026-07-01T16:10:00Z")))
        .isInstanceOf(Ruling.Go.class);
    assertThat(MaintenanceWindows.ruling(windows, 3, Instant.parse("2026-07-01T12:00:00Z")))
        .isInstanceOfSatisfying(
            Ruling.Hold.class, hold -> assertThat(hold.reason()).contains("2026-07-01T16:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 0 2 * * ?|Europe/Atlantis|Europe/Atlantis",
        "0 0 99 * * ?|UTC|98 and 99",
        "0 0 25 * * ?|UTC|Hour values",
        "0 0 2 1 1 ? 1999|UTC|none will ever open",
      })
  void aWindowThatCannotBeReadHoldsBackAndSaysSo(String cron, String zone, String message) {
    var window = new MaintenanceWindow(cron, zone, "1h", List.of(3));
    assertThat(MaintenanceWindows.ruling(List.of(window), 3, Instant.parse("2026-07-01T12:00:00Z")))
        .isInstanceOfSatisfying(
            Ruling.Hold.class, hold -> assertThat(hold.reason()).contains(message));
  }
}
