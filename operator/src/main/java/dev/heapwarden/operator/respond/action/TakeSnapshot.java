package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.JvmOptions;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Level 1: asks the node's agent for evidence, and waits until it is there. */
public final class TakeSnapshot implements Action {
  /** Facts of the step: the pod whose evidence it is, and so the pod that may be isolated. */
  static final String POD = "pod";

  static final String POD_UID = "podUid";

  /** For the agent to notice the order and to write its artefacts, beyond the window itself. */
  private static final Duration AGENT = Duration.ofMinutes(2);

  private final KubernetesClient client;

  public TakeSnapshot(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public ActionKind kind() {
    return ActionKind.DIAGNOSE;
  }

  @Override
  public Plan plan(Situation situation) {
    var finding = situation.baseline();
    var snapshot = snapshot(situation, finding.pod(), name(situation));
    return new Plan.Do(
        "memorysnapshot/" + snapshot.getMetadata().getName(),
        "snapshot of container %s of pod %s"
            .formatted(situation.target().container(), finding.pod()),
        Serialization.asYaml(snapshot),
        Map.of(POD, finding.pod(), POD_UID, finding.podUid()));
  }

  @Override
  public Acted act(Situation situation, Step step) {
    return order(
        situation,
        step,
        snapshot(
            situation,
            Steps.fact(step, POD),
            step.object().substring(step.object().indexOf('/') + 1)));
  }

  Acted order(Situation situation, Step step, MemorySnapshot snapshot) {
    try {
      client.resource(snapshot).create();
      return new Acted.Yes();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return isOurs(situation.incident(), get(situation.incident(), step).orElse(null))
          ? new Acted.Yes()
          : new Acted.No("a snapshot of this name exists that this incident did not order");
    }
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var snapshot = get(situation.incident(), step);
    if (snapshot.isEmpty() || !isOurs(situation.incident(), snapshot.get())) {
      return new Seen.Failed("the snapshot was deleted");
    }
    var status = snapshot.get().getStatus();
    if (status == null || status.phase() == null) {
      return new Seen.NotYet("the agent has not begun the snapshot");
    }
    return switch (status.phase()) {
      case RUNNING -> new Seen.NotYet("the agent takes the snapshot");
      case COMPLETED ->
          new Seen.Done(artefacts(status), status.site() == null ? "" : status.site());
      case FAILED ->
          new Seen.Failed(
              "the agent could not take the snapshot: "
                  + (status.message() == null ? artefacts(status) : status.message()));
    };
  }

  /** Evidence stays; the snapshot goes with its incident. */
  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    return new Seen.Done("evidence is kept");
  }

  @Override
  public Duration patience(Situation situation) {
    return AGENT.plus(Durations.parse(situation.respond().diagnose().window()));
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.empty();
  }

  /** {@code <incident>-l1}, and {@code -l1b} for the second attempt. */
  private static String name(Situation situation) {
    boolean again =
        Steps.newest(situation.status(), ActionKind.DIAGNOSE)
            .filter(step -> step.state() == Step.State.FAILED)
            .isPresent();
    return situation.name() + (again ? "-l1b" : "-l1");
  }

  private static MemorySnapshot snapshot(Situation situation, String pod, String name) {
    return snapshot(
        situation,
        name,
        new MemorySnapshotSpec(
            pod,
            situation.target().container(),
            List.of(SnapshotKind.AUTO),
            situation.respond().diagnose().window(),
            options(situation)));
  }

  static MemorySnapshot snapshot(Situation situation, String name, MemorySnapshotSpec spec) {
    var snapshot = new MemorySnapshot();
    snapshot.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(situation.namespace())
            .addNewOwnerReference()
            .withApiVersion(situation.incident().getApiVersion())
            .withKind(situation.incident().getKind())
            .withName(situation.name())
            .withUid(situation.incident().getMetadata().getUid())
            .endOwnerReference()
            .build());
    snapshot.setSpec(spec);
    return snapshot;
  }

  /** What level 3 would set is checked at once: an intervention needs no second snapshot. */
  private static List<String> options(Situation situation) {
    var jvm = situation.respond().intervene().jvm();
    return jvm == null ? List.of() : JvmOptions.of(jvm);
  }

  Optional<MemorySnapshot> get(LeakIncident incident, Step step) {
    return Optional.ofNullable(
        client
            .resources(MemorySnapshot.class)
            .inNamespace(incident.getMetadata().getNamespace())
            .withName(step.object().substring(step.object().indexOf('/') + 1))
            .get());
  }

  private static boolean isOurs(
      LeakIncident incident, @org.jspecify.annotations.Nullable MemorySnapshot snapshot) {
    return snapshot != null
        && snapshot.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> owner.getUid().equals(incident.getMetadata().getUid()));
  }

  static String artefacts(MemorySnapshotStatus status) {
    List<Artifact> artifacts = status.artifacts();
    return artifacts == null || artifacts.isEmpty()
        ? "no artefacts"
        : artifacts.stream().map(TakeSnapshot::line).collect(joining("; "));
  }

  private static String line(Artifact artifact) {
    var kind = Texts.enumName(artifact.kind());
    return switch (artifact.state()) {
      case TAKEN -> {
        Long size = artifact.size();
        String sha = artifact.sha256();
        yield "%s %s sha256:%s"
            .formatted(
                kind,
                size == null ? "of unknown size" : Texts.bytes(size),
                sha == null ? "unknown" : sha.substring(0, Math.min(12, sha.length())));
      }
      case REFUSED -> "%s refused (%s)".formatted(kind, artifact.reason());
      case FAILED -> "%s failed (%s)".formatted(kind, artifact.reason());
    };
  }
}
