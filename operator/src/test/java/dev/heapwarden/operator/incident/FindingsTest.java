package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.confirmed;
import static dev.heapwarden.operator.incident.Findable.healthy;
import static dev.heapwarden.operator.incident.Findable.suspected;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.operator.evaluate.Assessment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
  @Test
  void speaksOfThePodThatLeaksFastest() {
    var assessments =
        List.of(confirmed("a", 100), confirmed("b", 300), suspected("c", 900), healthy("d"));

    var finding = Findings.of(Findings.worst(assessments).orElseThrow(), assessments);

    assertThat(finding)
        .extracting(Finding::pod, Finding::verdict, Finding::layer, Finding::cause, Finding::pods)
        .containsExactly("b", "Confirmed", "Application", "MapGrowth", 3);
    assertThat(finding.secondsToLimit()).isEqualTo(3_700);
    assertThat(finding.witnesses())
        .containsExactly(new Finding.Witness("PostGcLiveHeap", "Supports", "20 points"));
  }

  @Test
  void whereNothingGrowsThereIsNoFinding() {
    assertThat(Findings.worst(List.of(healthy("a")))).isEmpty();
  }

  @Test
  void aChangedStoryIsWrittenAtOnceAndFiguresNowAndThen() {
    var old = finding(confirmed("a", 100), Duration.ZERO);

    assertThat(Findings.worthWriting(old, finding(confirmed("a", 120), Duration.ofSeconds(29))))
        .isFalse();
    assertThat(Findings.worthWriting(old, finding(confirmed("a", 120), Duration.ofSeconds(30))))
        .isTrue();
    assertThat(Findings.worthWriting(old, finding(suspected("a", 100), Duration.ofSeconds(1))))
        .isTrue();
    assertThat(Findings.worthWriting(old, finding(confirmed("b", 100), Duration.ofSeconds(1))))
        .isTrue();
  }

  private static Finding finding(Assessment assessment, Duration later) {
    var at =
        new Assessment(
            assessment.workloadUid(),
            assessment.container(),
            assessment.runtime(),
            assessment.quarantined(),
            assessment.verdict(),
            assessment.containerAge(),
            assessment.at().plus(later));
    return Findings.of(at, List.of(at));
  }
}
