package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.api.ApiServer;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Level 2: takes the pod out of all its Services by the fewest label changes. It stays alive with
 * the evidence, and its ReplicaSet replaces it.
 */
public final class IsolatePod implements Action {
  static final String POD = "pod";
  static final String POD_UID = "podUid";
  static final String LABELS = "labels";
  static final String REPLICA_SET = "replicaSet";
  static final String SERVICES = "services";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final KubernetesClient client;
  private final IsolatedPod isolated;
  private final DeniedNetwork network;
  private final NoEviction shield;

  public IsolatePod(KubernetesClient client) {
    this.client = client;
    this.isolated = new IsolatedPod(client);
    this.network = new DeniedNetwork(client);
    this.shield = new NoEviction(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.ISOLATE;
  }

  @Override
  public Plan plan(Situation situation) {
    return new Isolation(client).plan(situation);
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    return isolated
        .find(situation.incident(), Steps.fact(step, POD), Steps.fact(step, POD_UID))
        .filter(pod -> isIsolated(situation, pod))
        .isPresent();
  }

  private static boolean isIsolated(Situation situation, Pod pod) {
    return Isolation.label(situation.name())
        .equals(pod.getMetadata().getLabels().get(Api.QUARANTINE_LABEL));
  }

  /** One at a time, from the look at the budgets to the act: two cannot both take the last. */
  @Override
  public Acted act(Situation situation, Step step) {
    oneAtATime.lock();
    try {
      var acted = answered(situation, step);
      if (acted instanceof Acted.No) {
        network.open(situation.incident(), step);
      }
      return acted;
    } finally {
      oneAtATime.unlock();
    }
  }

  /**
   * A denial is an answer too: after it nobody comes back to what was made before it. While the pod
   * itself may not be read it may be isolated already, and its network stays as it is.
   */
  private Acted answered(Situation situation, Step step) {
    Optional<Pod> pod;
    try {
      pod = isolated.find(situation.incident(), Steps.fact(step, POD), Steps.fact(step, POD_UID));
    } catch (KubernetesClientException e) {
      if (!ApiServer.isDenial(e)) {
        throw e;
      }
      return isLate(situation, step)
          ? new Acted.No(ApiServer.denial(e))
          : new Acted.Again(ApiServer.denial(e));
    }
    try {
      return actAlone(situation, step, pod);
    } catch (KubernetesClientException e) {
      if (!ApiServer.isDenial(e)) {
        throw e;
      }
      return new Acted.No(ApiServer.denial(e));
    }
  }

  private Acted actAlone(Situation situation, Step step, Optional<Pod> pod) {
    if (pod.isEmpty()) {
      return new Acted.No("PodGone: the pod went away before it was isolated");
    }
    if (isIsolated(situation, pod.get())) {
      return new Acted.Yes();
    }
    // Since the intent was written a budget may have been spent, or another replica lost.
    var set = replicaSet(situation, step);
    if (set == null) {
      return new Acted.No("OwnerCannotReplace: its ReplicaSet no longer exists");
    }
    var forbidden = new Isolation(client).disruption(pod.get(), set);
    if (forbidden.isPresent()) {
      return isLate(situation, step)
          ? new Acted.No(forbidden.get())
          : new Acted.Again(forbidden.get());
    }
    var open = network.close(situation.incident(), step);
    return open.isPresent() ? new Acted.No(open.get()) : relabel(situation, step, pod.get());
  }

  private static boolean isLate(Situation situation, Step step) {
    return situation.now().isAfter(Instant.parse(step.intendedAt()).plus(PATIENCE));
  }

  private Acted relabel(Situation situation, Step step, Pod pod) {
    var patch =
        PodRelabelling.isolate(
            pod,
            new TreeSet<>(originals(step).keySet()),
            Isolation.label(situation.name()),
            situation.target().policy());
    try {
      isolated.patch(pod, patch);
      return new Acted.Yes();
    } catch (KubernetesClientException e) {
      if (!IsolatedPod.isRefusedTest(e)) {
        throw e;
      }
      if (isolated.isDenied(pod, e)) {
        return new Acted.No("Denied: " + ApiServer.words(e));
      }
      return isLate(situation, step)
          ? new Acted.No("the pod kept changing while it was to be isolated")
          : new Acted.Again("the pod changed while it was to be isolated");
    }
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var found =
        isolated.find(situation.incident(), Steps.fact(step, POD), Steps.fact(step, POD_UID));
    if (found.isEmpty()) {
      return new Seen.Failed("PodGone: the isolated pod went away");
    }
    var pod = found.get();
    if (!isIsolated(situation, pod)) {
      return new Seen.Failed("somebody else took the quarantine label off");
    }
    for (var service : services(step)) {
      if (isolated.isEndpoint(pod, service)) {
        return new Seen.NotYet("the pod is still an endpoint of Service " + service);
      }
    }
    var set = replicaSet(situation, step);
    if (set == null) {
      return new Seen.Failed("its ReplicaSet went away");
    }
    if (!network.isClosed(situation.incident(), step)) {
      return new Seen.Failed("somebody else changed or deleted its NetworkPolicy");
    }
    return isolated.replaced(set, pod, services(step), DeniedNetwork.isAsked(step));
  }

  private @Nullable ReplicaSet replicaSet(Situation situation, Step step) {
    return client
        .apps()
        .replicaSets()
        .inNamespace(situation.namespace())
        .withName(Steps.fact(step, REPLICA_SET))
        .get();
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    shield.end(incident);
    var seen = takeBack(incident, step, now);
    if (!(seen instanceof Seen.NotYet)) {
      network.open(incident, step);
    }
    return seen;
  }

  private Seen takeBack(LeakIncident incident, Step step, Instant now) {
    var pod = isolated.find(incident, Steps.fact(step, POD), Steps.fact(step, POD_UID));
    if (pod.isEmpty()) {
      return new Seen.Done("the pod is gone");
    }
    var labels = pod.get().getMetadata().getLabels();
    if (!Isolation.label(incident.getMetadata().getName())
        .equals(labels.get(Api.QUARANTINE_LABEL))) {
      return new Seen.Done("the pod does not bear this incident's quarantine label");
    }
    if (Steps.isExpired(step, now)) {
      return isolated.delete(pod.get(), "kept for analysis until its time was over, then deleted");
    }
    return isolated.putBack(pod.get(), originals(step), Steps.fact(step, REPLICA_SET));
  }

  @Override
  public Duration patience(Situation situation) {
    return PATIENCE;
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.of(Durations.parse(situation.respond().isolate().ttl()));
  }

  private static List<String> services(Step step) {
    var names = Steps.fact(step, SERVICES);
    return names.isEmpty() ? List.of() : List.of(names.split(",", -1));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> originals(Step step) {
    return Serialization.unmarshal(Steps.fact(step, LABELS), Map.class);
  }
}
