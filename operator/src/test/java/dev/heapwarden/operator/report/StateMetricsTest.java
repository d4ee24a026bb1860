package dev.heapwarden.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateMetricsTest {
  private static final String OPENED = "2026-03-01T12:00:00Z";

  private record State(boolean leading, List<Standing> standings, List<LeakIncident> incidents)
      implements OperatorState {
    @Override
    public long answeringAgents() {
      return 2;
    }

    @Override
    public long silentAgents() {
      return 1;
    }

    @Override
    public Duration sampleLag() {
      return Duration.ofSeconds(40);
    }

    @Override
    public long watched() {
      return 3;
    }

    @Override
    public long attached() {
      return 2;
    }

    @Override
    public long policies() {
      return 1;
    }

    @Override
    public Duration verdictAge() {
      return Duration.ofMillis(1500);
    }
  }

  @Test
  void aStandbySaysOnlyThatItDoesNotLead() {
    var text = scrape(new State(false, List.of(standing(false, 60)), List.of()));

    assertThat(text)
        .contains("heapwarden_operator_leader 0.0")
        .doesNotContain("heapwarden_operator_agents", "heapwarden_operator_verdicts");
  }

  @Test
  void theLeaderTellsHowFarItIsBehind() {
    var text = scrape(new State(true, List.of(), List.of()));

    assertThat(text)
        .contains("heapwarden_operator_leader 1.0")
        .contains("heapwarden_operator_agents{state=\"Silent\"} 1.0")
        .contains("heapwarden_operator_sample_lag_seconds 40.0")
        .contains("heapwarden_operator_verdict_age_seconds 1.5");
  }

  @Test
  void theFirstPodInServiceToReachItsLimitCounts() {
    var pods = List.of(standing(false, 600), standing(false, 300), standing(true, 60));

    var text = scrape(new State(true, pods, List.of()));

    assertThat(text)
        .containsPattern("heapwarden_workload_time_to_limit_seconds\\{.*workload=\"web\".*} 300.0")
        .containsPattern("heapwarden_operator_verdicts\\{.*verdict=\"Confirmed\"} 3.0")
        .doesNotContain("} 60.0");
  }

  @Test
  void incidentsTellHowLongPeopleWaitedAndWhatWasRefused() {
    var ended =
        List.of(
            incident(Phase.MITIGATED, "2026-03-01T12:01:40Z", "MaxReached: 4 replicas"),
            incident(Phase.RESOLVED, "2026-03-01T12:05:00Z", "somebody said no"),
            incident(Phase.NEEDS_HUMAN, "2026-03-01T13:00:00Z", "MaxReached: 9 replicas"));

    var text = scrape(new State(true, List.of(), ended));

    assertThat(text)
        .containsPattern("heapwarden_operator_incidents\\{.*phase=\"NeedsHuman\".*} 1.0")
        .contains(
            "heapwarden_operator_time_to_mitigate_seconds{namespace=\"shop\",quantile=\"0.5\"}"
                + " 100.0")
        .contains(
            "heapwarden_operator_time_to_mitigate_seconds{namespace=\"shop\",quantile=\"1.0\"}"
                + " 300.0")
        .contains("heapwarden_operator_time_to_mitigate_seconds_count{namespace=\"shop\"} 2")
        .containsPattern("heapwarden_operator_steps_refused\\{.*reason=\"MaxReached\"} 2.0")
        .containsPattern("heapwarden_operator_steps_refused\\{.*reason=\"Other\"} 1.0")
        .doesNotContain("somebody");
  }

  @Test
  void aLeakThatCameBackTellsItsEpisodeUntilItsIncidentEnds() {
    var open = incident(Phase.VERIFYING, null, "MaxReached: 4 replicas");
    open.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target("Deployment", "web", "w1", "web", "checkout", 3),
            LeakIncidentSpec.Response.none()));
    var ended = incident(Phase.MITIGATED, "2026-03-01T12:01:40Z", "MaxReached: 4 replicas");
    ended.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target("Deployment", "pay", "w2", "pay", "checkout", 5),
            LeakIncidentSpec.Response.none()));

    assertThat(scrape(new State(true, List.of(), List.of(open, ended))))
        .containsPattern("heapwarden_operator_incident_episode\\{.*workload=\"web\".*} 3.0")
        .doesNotContain("workload=\"pay\"");
  }

  private static String scrape(OperatorState state) {
    var measures = new Measures();
    measures.tell(state);
    return measures.scrape();
  }

  private static Standing standing(boolean quarantined, double secondsToLimit) {
    return new Standing(
        "shop",
        "checkout",
        "Deployment",
        "web",
        "web",
        quarantined,
        "Confirmed",
        OptionalDouble.of(1024),
        OptionalDouble.of(secondsToLimit));
  }

  private static LeakIncident incident(Phase phase, @Nullable String endedAt, String refusal) {
    var step =
        new Step(
            "AddReplicas",
            3,
            Step.State.REFUSED,
            "deployment/web",
            refusal,
            null,
            Map.of(),
            OPENED,
            OPENED,
            null);
    var incident = new LeakIncident();
    incident.getMetadata().setNamespace("shop");
    incident.setStatus(
        new LeakIncidentStatus(
            "deployment/web",
            "web",
            "Confirmed",
            "Application",
            "1 B/s",
            "1m",
            "-",
            3,
            phase,
            null,
            null,
            null,
            List.of(step),
            List.of(),
            OPENED,
            endedAt,
            "ended"));
    return incident;
  }
}
