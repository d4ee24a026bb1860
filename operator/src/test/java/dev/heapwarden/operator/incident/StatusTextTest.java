package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  private static final LeakIncidentSpec.Target TARGET =
      new LeakIncidentSpec.Target("Deployment", "checkout", "uid", "app", "policy", 1);

  @Test
  void theColumnsSayWhatLeaksAndHowFast() {
    var status = StatusText.opened(TARGET, finding(12_233), "main.handle", "It grows.", null, NOW);

    assertThat(status)
        .extracting(
            LeakIncidentStatus::workload,
            LeakIncidentStatus::growth,
            LeakIncidentStatus::limitIn,
            LeakIncidentStatus::site,
            LeakIncidentStatus::phase)
        .containsExactly("deployment/checkout", "42 MiB/h", "1h1m", "main.handle", Phase.OPEN);
    assertThat(status.timeline())
        .extracting(LeakIncidentStatus.TimelineEntry::reason)
        .containsExactly("LeakConfirmed");
  }

  @Test
  void anIncidentWhoseFindingWasLostStillBegins() {
    assertThat(StatusText.opened(TARGET, null, "", "A leak was confirmed.", null, NOW))
        .extracting(LeakIncidentStatus::growth, LeakIncidentStatus::phase)
        .containsExactly("-", Phase.OPEN);
  }

  @Test
  void aFresherFindingLeavesWhatTheResponseWrote() {
    var opened = StatusText.opened(TARGET, finding(1_000), "", "It grows.", null, NOW);
    var acted = acted(opened);

    var fresh = StatusText.with(acted, finding(2_000), "main.guessed");

    assertThat(fresh.growth()).isEqualTo("6.9 MiB/h");
    assertThat(fresh)
        .usingRecursiveComparison()
        .ignoringFields("growth", "finding")
        .isEqualTo(acted);
  }

  @Test
  void aSiteThatWasUnknownIsFilledIn() {
    var opened = StatusText.opened(TARGET, finding(1_000), "", "It grows.", null, NOW);

    assertThat(opened.site()).isEqualTo("-");
    assertThat(StatusText.with(opened, finding(1_000), "main.handle").site())
        .isEqualTo("main.handle");
    assertThat(StatusText.with(opened, finding(1_000), "").site()).isEqualTo("-");
  }

  @Test
  void aClassThatTheSnapshotNamedSaysMoreThanAGrowingHeap() {
    var heapGrows = finding(1_000).ofCause("OldGeneration");
    var opened = StatusText.opened(TARGET, heapGrows, "", "", null, NOW);

    assertThat(heapGrows.orOfCause("ClassGrowth").cause()).isEqualTo("ClassGrowth");
    assertThat(StatusText.with(opened, heapGrows, "").finding()).isEqualTo(heapGrows);
    assertThat(heapGrows.orOfCause("Unknown")).isEqualTo(heapGrows);
    assertThat(heapGrows.ofCause("Threads").orOfCause("ClassGrowth").cause()).isEqualTo("Threads");
  }

  @Test
  void whoHoldsAClassSaysMoreThanThatItGrows() {
    var named = finding(1_000).ofCause("ThreadLocals");

    for (var less : List.of("Unknown", "OldGeneration", "ClassGrowth")) {
      var fresh = finding(1_000).ofCause(less);
      assertThat(fresh.orOfCause("ThreadLocals")).as(less).isEqualTo(named);
      assertThat(named.orOfCause(less)).as(less).isEqualTo(named);
    }
    var other = finding(1_000).ofCause("Metaspace");
    assertThat(other.orOfCause("ThreadLocals")).isEqualTo(other);
  }

  @Test
  void aCauseThatTheSnapshotNamedStaysWhereAFresherFindingKnowsNone() {
    var opened =
        StatusText.opened(TARGET, finding(1_000).ofCause("ClassGrowth"), "", "", null, NOW);
    var named = acted(opened);

    var unknown = finding(2_000).ofCause(Finding.UNKNOWN_CAUSE);
    assertThat(StatusText.with(named, unknown, "").finding())
        .isEqualTo(unknown.ofCause("ClassGrowth"));
    assertThat(StatusText.with(named, unknown.ofCause("MapGrowth"), "").finding())
        .extracting(Finding::cause)
        .isEqualTo("MapGrowth");
  }

  /** With all that the response writes. */
  private static LeakIncidentStatus acted(LeakIncidentStatus opened) {
    var step =
        new Step("Isolate", 2, Step.State.DONE, "pod/a", null, null, Map.of(), "at", null, null);
    return new LeakIncidentStatus(
        opened.workload(),
        opened.container(),
        opened.verdict(),
        opened.layer(),
        opened.growth(),
        opened.limitIn(),
        "main.found",
        2,
        Phase.VERIFYING,
        "the next window",
        opened.finding(),
        opened.finding(),
        List.of(step),
        opened.timeline(),
        opened.openedAt(),
        null,
        "so far");
  }

  private static Finding finding(double bytesPerSecond) {
    var assessment = confirmed("a", bytesPerSecond);
    return Findings.of(assessment, List.of(assessment));
  }
}
