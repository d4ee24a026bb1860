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
    var heapGrows = finding(1_000).ofCause("OldGeneration", "Application");
    var opened = StatusText.opened(TARGET, heapGrows, "", "", null, NOW);

    assertThat(heapGrows.orOfCause("ClassGrowth", "Application").cause()).isEqualTo("ClassGrowth");
    assertThat(StatusText.with(opened, heapGrows, "").finding()).isEqualTo(heapGrows);
    assertThat(heapGrows.orOfCause("Unknown", "Application")).isEqualTo(heapGrows);
    assertThat(
            heapGrows
                .ofCause("Threads", "Application")
                .orOfCause("ClassGrowth", "Application")
                .cause())
        .isEqualTo("Threads");
  }

  @Test
  void whoHoldsAClassSaysMoreThanThatItGrows() {
    var named = finding(1_000).ofCause("ThreadLocals", "Application");

    for (var less : List.of("Unknown", "OldGeneration", "ClassGrowth")) {
      var fresh = finding(1_000).ofCause(less, "Application");
      assertThat(fresh.orOfCause("ThreadLocals", "Application")).as(less).isEqualTo(named);
      assertThat(named.orOfCause(less, "Application")).as(less).isEqualTo(named);
    }
    var other = finding(1_000).ofCause("Metaspace", "Application");
    assertThat(other.orOfCause("ThreadLocals", "Application")).isEqualTo(other);
  }

  @Test
  void aCauseThatTheSnapshotNamedStaysWhereAFresherFindingKnowsNone() {
    var opened =
        StatusText.opened(
            TARGET, finding(1_000).ofCause("ClassGrowth", "Application"), "", "", null, NOW);
    var named = acted(opened);

    var unknown = finding(2_000).ofCause(Finding.UNKNOWN_CAUSE, "Application");
    assertThat(StatusText.with(named, unknown, "").finding())
        .isEqualTo(unknown.ofCause("ClassGrowth", "Application"));
    assertThat(StatusText.with(named, unknown.ofCause("MapGrowth", "Application"), "").finding())
        .extracting(Finding::cause)
        .isEqualTo("MapGrowth");
  }

  @Test
  void theLayerIsThatOfTheCauseThatTheSnapshotNamed() {
    for (var plain : List.of("Unknown", "OldGeneration", "ClassGrowth")) {
      var fresh = finding(1_000).ofCause(plain, "Kernel");
      var named = fresh.orOfCause("Finalizers", "Runtime");
      assertThat(named.cause()).isEqualTo("Finalizers");
      assertThat(named.layer()).isEqualTo("Runtime");
      assertThat(named.orOfCause(plain, "Application")).isEqualTo(named);
      assertThat(fresh.orOfCause("Unknown", "Runtime")).isEqualTo(fresh);
    }
    var compressors =
        finding(1_000).ofCause("OldGeneration", "Application").orOfCause("NativeGrowth", "Kernel");
    assertThat(compressors.layer()).isEqualTo("Kernel");
    var buffers =
        finding(1_000).ofCause("NativeGrowth", "Kernel").orOfCause("DirectBuffers", "Runtime");
    assertThat(buffers.cause()).isEqualTo("DirectBuffers");
    assertThat(buffers.layer()).isEqualTo("Runtime");
    var stays = finding(1_000).ofCause("NativeGrowth", "Kernel");
    assertThat(stays.orOfCause("ClassGrowth", "Application")).isEqualTo(stays);

    var baseline = finding(1_000).ofCause("DirectBuffers", "Runtime");
    var named = acted(StatusText.opened(TARGET, baseline, "", "", null, NOW));
    var plainer = finding(2_000).ofCause("OldGeneration", "Application");
    assertThat(StatusText.with(named, plainer, "").layer()).isEqualTo("Runtime");
  }

  @Test
  void whereTheHeapWasSeenNotToGrowTheLayerStays() {
    var fresh = finding(1_000).ofCause("Unknown", "Kernel");
    var still =
        new Finding(
            fresh.verdict(),
            fresh.runtime(),
            fresh.layer(),
            fresh.cause(),
            fresh.message(),
            1,
            1,
            1,
            null,
            null,
            fresh.pod(),
            fresh.podUid(),
            1,
            1,
            List.of(new Finding.Witness("PostGcLiveHeap", "Contradicts", "it does not grow")),
            fresh.at());
    assertThat(still.orOfCause("ClassGrowth", "Application").layer()).isEqualTo("Kernel");
    assertThat(still.orOfCause("DirectBuffers", "Runtime").layer()).isEqualTo("Runtime");
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
