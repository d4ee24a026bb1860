package dev.heapwarden.operator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  @ParameterizedTest
  @CsvSource({
    // Summer and winter: 02:30 in Berlin is 00:30 and 01:30 UTC.
    "2026-07-01T00:29:59Z, 2026-07-01T00:30:00Z",
    "2026-07-01T00:30:00Z, 2026-07-02T00:30:00Z",
    "2026-01-10T00:30:00Z, 2026-01-10T01:30:00Z",
    // 29 March 2026: from 02:00 to 03:00 at 01:00 UTC. There is no 02:30, and none is made up for.
    "2026-03-28T12:00:00Z, 2026-03-30T00:30:00Z",
    "2026-03-29T00:59:59Z, 2026-03-30T00:30:00Z",
    "2026-03-29T01:00:00Z, 2026-03-30T00:30:00Z",
    // 25 October 2026: 02:30 comes at 00:30 and at 01:30 UTC. Only the second counts.
    "2026-10-24T12:00:00Z, 2026-10-25T01:30:00Z",
    "2026-10-25T00:10:00Z, 2026-10-25T01:30:00Z",
    "2026-10-25T00:30:00Z, 2026-10-25T01:30:00Z",
    "2026-10-25T00:59:59.999Z, 2026-10-25T01:30:00Z",
    "2026-10-25T01:00:00Z, 2026-10-25T01:30:00Z",
    "2026-10-25T01:30:00Z, 2026-10-26T01:30:00Z",
  })
  void aTimeThatTheClockSkipsIsLeftOutAndOneThatComesTwiceCountsOnce(Instant after, Instant next) {
    assertThat(Schedule.of("0 30 2 * * ?", "Europe/Berlin").next(after)).contains(next);
  }

  @Test
  void theSameLineIsAnotherMomentInAnotherTimeZone() {
    var noon = Instant.parse("2026-07-01T12:00:00Z");

    assertThat(Schedule.of("0 0 3 * * ?", "UTC").next(noon)).contains(at("2026-07-02T03:00:00Z"));
    assertThat(Schedule.of("0 0 3 * * ?", "Asia/Kolkata").next(noon))
        .contains(at("2026-07-01T21:30:00Z"));
  }

  @Test
  void whatLiesInThePastNeverComes() {
    assertThat(Schedule.of("0 0 2 1 1 ? 1999", "UTC").next(at("2026-07-01T12:00:00Z"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 0 2 * * ?|Europe/Atlantis|Unknown time-zone ID: Europe/Atlantis",
        "0 0 99 * * ?|UTC|98 and 99 are values of no field",
        "0 0 25 * * ?|UTC|Hour values",
      })
  void whatCannotBeReadIsNamedWithTheReason(String cron, String zone, String reason) {
    assertThatThrownBy(() -> Schedule.of(cron, zone))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'%s' in time zone '%s' cannot be read: ", cron, zone)
        .hasMessageContaining(reason);
  }

  private static Instant at(String text) {
    return Instant.parse(text);
  }
}
