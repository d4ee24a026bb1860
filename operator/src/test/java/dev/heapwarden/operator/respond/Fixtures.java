package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Diagnose;
import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Isolate;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MaintenanceWindow;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.policy.Scale;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Incidents and policies as tests need them. */
public final class Fixtures {
  public static final Instant NOON = Instant.parse("2026-07-01T12:00:00Z");

  private Fixtures() {}

  public static LeakIncident incident(String name, String workloadUid) {
    var incident = new LeakIncident();
    incident.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace("shop")
            .withUid("uid-of-" + name)
            .withResourceVersion("1")
            .build());
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target(
                "Deployment", "checkout", workloadUid, "checkout", "checkout", 1),
            LeakIncidentSpec.Response.none()));
    incident.setStatus(status(List.of(), null));
    return incident;
  }

  /** At noon, as the API server records it. */
  public static LeakIncident answered(
      LeakIncident incident, int approved, boolean suspend, boolean undo) {
    return answered(incident, approved, suspend, undo, NOON);
  }

  /** When somebody last answered. */
  static Instant answeredAt(LeakIncident incident) {
    return Instant.parse(incident.getMetadata().getManagedFields().getFirst().getTime());
  }

  static LeakIncident answered(
      LeakIncident incident, int approved, boolean suspend, boolean undo, Instant at) {
    incident.getMetadata().setManagedFields(List.of(setAt(at)));
    incident.setSpec(
        new LeakIncidentSpec(
            incident.getSpec().target(), new LeakIncidentSpec.Response(approved, suspend, undo)));
    return incident;
  }

  private static ManagedFieldsEntry setAt(Instant at) {
    return Serialization.unmarshal(
        """
        manager: kubectl-patch
        operation: Update
        time: "%s"
        fieldsType: FieldsV1
        fieldsV1: {f:spec: {f:response: {f:approvedLevel: {}}}}
        """
            .formatted(at),
        ManagedFieldsEntry.class);
  }

  public static LeakIncidentStatus status(List<Step> steps, @Nullable String endedAt) {
    return status(steps, endedAt == null ? Phase.OPEN : Phase.NEEDS_HUMAN, endedAt);
  }

  public static LeakIncidentStatus rolledBack(List<Step> steps, Instant endedAt) {
    return status(steps, Phase.ROLLED_BACK, endedAt.toString());
  }

  private static LeakIncidentStatus status(
      List<Step> steps, Phase phase, @Nullable String endedAt) {
    return new LeakIncidentStatus(
        "deployment/checkout",
        "checkout",
        "Confirmed",
        "Application",
        "42 MiB/h",
        "3h",
        "-",
        0,
        phase,
        null,
        finding(),
        null,
        steps,
        List.of(),
        NOON.toString(),
        endedAt,
        null);
  }

  /** 1 MiB/s at the age of ten minutes, certain to a tenth, an hour from the limit. */
  public static Finding finding() {
    return finding("Confirmed", NOON);
  }

  public static Finding finding(String verdict, Instant at) {
    return finding(verdict, "Go", "Application", at);
  }

  private static Finding finding(String verdict, String runtime, String layer, Instant at) {
    return new Finding(
        verdict,
        runtime,
        layer,
        "MapGrowth",
        "it leaks",
        1_048_576,
        943_718,
        1_153_434,
        100L << 20,
        3600L,
        "checkout-1",
        "uid-of-pod",
        600,
        1,
        List.of(),
        at.toString());
  }

  /** The incident after an evaluation. */
  public static LeakIncident seen(LeakIncident incident, String verdict, Instant at) {
    var old = incident.getStatus();
    return with(incident, verdict, old.site(), finding(verdict, at), old.baseline(), old.steps());
  }

  /** The incident with a baseline of a container of this runtime. */
  public static LeakIncident ofRuntime(LeakIncident incident, String runtime) {
    var old = incident.getStatus();
    var baseline = finding("Confirmed", runtime, "Application", NOON);
    return with(incident, old.verdict(), old.site(), old.finding(), baseline, old.steps());
  }

  /** The incident of a leak that shows in this layer. */
  public static LeakIncident ofLayer(LeakIncident incident, String layer) {
    var old = incident.getStatus();
    var baseline = finding("Confirmed", "Go", layer, NOON);
    return with(incident, old.verdict(), old.site(), old.finding(), baseline, old.steps());
  }

  /** The incident with a baseline of this cause. */
  public static LeakIncident ofCause(LeakIncident incident, String cause) {
    var old = incident.getStatus();
    var baseline = finding().ofCause(cause, "Application");
    return with(incident, old.verdict(), old.site(), old.finding(), baseline, old.steps());
  }

  /** The incident with this site and these steps. */
  public static LeakIncident at(LeakIncident incident, String site, List<Step> steps) {
    var old = incident.getStatus();
    return with(incident, old.verdict(), site, old.finding(), old.baseline(), steps);
  }

  private static LeakIncident with(
      LeakIncident incident,
      String verdict,
      String site,
      @Nullable Finding finding,
      @Nullable Finding baseline,
      List<Step> steps) {
    var old = incident.getStatus();
    incident.setStatus(
        new LeakIncidentStatus(
            old.workload(),
            old.container(),
            verdict,
            old.layer(),
            old.growth(),
            old.limitIn(),
            site,
            old.level(),
            old.phase(),
            old.waitingFor(),
            finding,
            baseline,
            steps,
            old.timeline(),
            old.openedAt(),
            old.endedAt(),
            old.outcome()));
    return incident;
  }

  /** A container of the workload w1 that runs, in good health. */
  public static Assessment assessment() {
    return assessment(Duration.ofHours(1), NOON);
  }

  /** The same container, of this age at this time. */
  static Assessment assessment(Duration age, Instant at) {
    return new Assessment(
        "w1",
        new ContainerKey("shop", "checkout-1", "uid-of-pod", "checkout", "id"),
        RuntimeKind.GO,
        false,
        new Verdict.Healthy(
            new Evidence(
                Layer.RUNTIME, Cause.UNKNOWN, "No leak.", null, null, "", List.of(), Map.of())),
        age,
        at);
  }

  /** The same container, leaking, with so many bytes in use. */
  public static Assessment leaking(double used) {
    var healthy = assessment();
    return new Assessment(
        healthy.workloadUid(),
        healthy.container(),
        healthy.runtime(),
        healthy.quarantined(),
        new Verdict.Suspected(
            new Evidence(
                Layer.RUNTIME,
                Cause.UNKNOWN,
                "It leaks.",
                null,
                null,
                "",
                List.of(),
                Map.of("anonymous_memory", used))),
        healthy.containerAge(),
        healthy.at());
  }

  public static Step step(String action, int level, Step.State state, Instant intendedAt) {
    return new Step(
        action, level, state, "pod/x", null, null, Map.of(), intendedAt.toString(), null, null);
  }

  /** The policy, with what it remembers of responses that did not help. */
  public static MemoryPolicy remembering(
      MemoryPolicy policy, List<MemoryPolicyStatus.UnhelpfulResponse> unhelpful) {
    policy.setStatus(
        new MemoryPolicyStatus(
            null, 0, 0, 0, 0, 0, List.of(), List.of(), null, List.of(), null, unhelpful));
    return policy;
  }

  public static MemoryPolicy policy(Respond respond) {
    var policy = new MemoryPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("checkout").withNamespace("shop").build());
    policy.setSpec(
        new MemoryPolicySpec(
            new LabelSelectorBuilder().addToMatchLabels("app", "checkout").build(),
            List.of(),
            RuntimeChoice.AUTO,
            Observe.defaults(),
            List.of(),
            respond));
    return policy;
  }

  public static Respond respond(Mode mode, int maxLevel, Limits limits) {
    return respond(mode, maxLevel, limits, List.of());
  }

  public static Respond respond(
      Mode mode, int maxLevel, Limits limits, List<MaintenanceWindow> windows) {
    return new Respond(
        mode,
        maxLevel,
        new Diagnose("5s"),
        new Isolate("1h"),
        new Intervene(new GoSettings(90, 20, null, Map.of()), null, new Scale(1, 4), null, "24h"),
        limits,
        "30m",
        windows);
  }
}
