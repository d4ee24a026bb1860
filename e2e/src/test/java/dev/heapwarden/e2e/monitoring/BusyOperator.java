package dev.heapwarden.e2e.monitoring;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.report.OperatorState;
import dev.heapwarden.operator.report.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What an operator knows that leads, with an incident of every phase. */
final class BusyOperator implements OperatorState {
  private static final String AT = "2026-03-01T12:00:00Z";
  private static final String LATER = "2026-03-01T12:10:00Z";

  @Override
  public boolean leading() {
    return true;
  }

  @Override
  public long answeringAgents() {
    return 3;
  }

  @Override
  public long silentAgents() {
    return 1;
  }

  @Override
  public Duration sampleLag() {
    return Duration.ofSeconds(5);
  }

  @Override
  public long watched() {
    return 2;
  }

  @Override
  public long attached() {
    return 1;
  }

  @Override
  public long policies() {
    return 1;
  }

  @Override
  public Duration verdictAge() {
    return Duration.ofMinutes(1);
  }

  @Override
  public List<Standing> standings() {
    return List.of(
        new Standing(
            "shop",
            "checkout",
            "Deployment",
            "web",
            "web",
            false,
            "Confirmed",
            OptionalDouble.of(1024),
            OptionalDouble.of(60)));
  }

  @Override
  public List<LeakIncident> incidents() {
    return Stream.of(Phase.values()).map(BusyOperator::incident).toList();
  }

  private static LeakIncident incident(Phase phase) {
    var finding =
        new Finding(
            "Confirmed",
            "Go",
            "Application",
            "MapGrowth",
            "It grows.",
            1,
            1,
            1,
            300L,
            60L,
            "web-1",
            "uid",
            300,
            1,
            List.of(),
            AT);
    var refused =
        new Step(
            "Isolate",
            2,
            Step.State.REFUSED,
            "pod/web-1",
            "OwnerCannotReplace: nobody does",
            null,
            Map.of(),
            AT,
            AT,
            null);
    var incident = new LeakIncident();
    incident.getMetadata().setNamespace("shop");
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target("Deployment", "web", "w1", "web", "checkout", 2),
            LeakIncidentSpec.Response.none()));
    incident.setStatus(
        new LeakIncidentStatus(
            "deployment/web",
            "web",
            "Confirmed",
            "Application",
            "1 B/s",
            "1m",
            "-",
            1,
            phase,
            null,
            finding,
            finding,
            List.of(refused),
            List.of(),
            AT,
            LATER,
            "better"));
    return incident;
  }
}
