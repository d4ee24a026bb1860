package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.api.ApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * Has the agent look at the newest pod: at the flags of its JVM, or at its Go variables. An agent
 * that does not answer says nothing against what was set: it may not even run on that node.
 */
public record AskedInForce(KubernetesClient client) implements InForce {
  /**
   * After the incident's name: a pod may go while it is looked at, or its agent be silent, and
   * another one is asked.
   */
  private static final List<String> ATTEMPTS = List.of("-l3", "-l3b");

  /** After it an agent is called silent; both attempts end before the change is called late. */
  private static final Duration SILENCE = TakeSnapshot.QUEUE.dividedBy(2);

  private static final String NOT_SEEN = "whether it is in force was not seen: ";

  @Override
  public Seen look(
      Situation situation, NavigableMap<String, String> environment, Deployment deployment) {
    var incident = situation.incident();
    var answer = new RuntimeAnswer(environment);
    var silent = new ArrayList<String>();
    var why = "";
    for (var attempt : ATTEMPTS) {
      var name = situation.name() + attempt;
      var found = new IncidentSnapshots(client).find(incident, name);
      if (found.isEmpty()) {
        return order(situation, name, answer.options(), deployment, silent);
      }
      var snapshot = found.get();
      if (!IncidentSnapshots.isOf(incident, snapshot)) {
        why = "a snapshot of this name exists that this incident did not order";
        continue;
      }
      var status = snapshot.getStatus();
      if (status == null || status.phase() == null || status.phase() == Phase.RUNNING) {
        var pod = snapshot.getSpec().pod();
        if (!Pods.isThere(client, situation.namespace(), pod)) {
          why = "pod %s went away".formatted(pod);
        } else if (isSilent(situation, snapshot)) {
          why = silence(pod);
          silent.add(pod);
        } else {
          return waiting(pod, orderedAt(snapshot).orElseGet(situation::now));
        }
        continue;
      }
      var seen = answer.of(snapshot.getSpec().pod(), status);
      if (seen.isPresent()) {
        return seen.get();
      }
      why = RuntimeAnswer.whyNot(status);
    }
    // The JVM was asked before the change and answered; a Go program may never be readable.
    return answer.isJava() && silent.isEmpty()
        ? new Seen.Failed("not seen to be in force: " + why)
        : new Seen.Done(NOT_SEEN + why);
  }

  /** Asks the newest pod whose agent is not known to be silent. */
  private Seen order(
      Situation situation,
      String name,
      List<String> options,
      Deployment deployment,
      List<String> silent) {
    var candidate =
        Pods.ready(client, situation.namespace(), deployment.getSpec().getSelector()).stream()
            .map(AskedInForce::nameOf)
            .filter(pod -> !silent.contains(pod))
            .findFirst();
    if (candidate.isEmpty()) {
      return silent.isEmpty()
          ? new Seen.NotYet("no new pod is ready in which the runtime could be asked")
          : new Seen.Done(NOT_SEEN + silence(silent.getLast()));
    }
    var pod = candidate.get();
    try {
      client.resource(snapshot(situation, name, pod, options)).create();
    } catch (KubernetesClientException e) {
      // It says nothing against what was set.
      if (ApiServer.isDenial(e)) {
        return new Seen.Done(NOT_SEEN + ApiServer.words(e));
      }
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
    return waiting(pod, situation.now());
  }

  private static MemorySnapshot snapshot(
      Situation situation, String name, String pod, List<String> options) {
    return IncidentSnapshots.of(
        situation.incident(),
        name,
        new MemorySnapshotSpec(
            pod,
            situation.target().container(),
            List.of(SnapshotKind.FLAGS),
            MemorySnapshotSpec.WINDOW,
            options));
  }

  private static boolean isSilent(Situation situation, MemorySnapshot snapshot) {
    return orderedAt(snapshot)
        .filter(asked -> situation.now().isAfter(asked.plus(SILENCE)))
        .isPresent();
  }

  private static Optional<Instant> orderedAt(MemorySnapshot snapshot) {
    return Optional.ofNullable(snapshot.getMetadata().getCreationTimestamp()).map(Instant::parse);
  }

  private static String silence(String pod) {
    return "no agent answered about pod " + pod;
  }

  private static Seen waiting(String pod, Instant since) {
    return new Seen.NotYet(
        "the agent looks whether it is in force in pod " + pod, Optional.of(since));
  }

  private static String nameOf(Pod pod) {
    return pod.getMetadata().getName();
  }
}
