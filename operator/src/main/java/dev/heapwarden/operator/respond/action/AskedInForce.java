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
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;

/** Has the agent look at the newest pod: at the flags of its JVM, or at its Go variables. */
public record AskedInForce(KubernetesClient client) implements InForce {
  /** After the incident's name: a pod may go while it is looked at, and another one is asked. */
  private static final List<String> ATTEMPTS = List.of("-l3", "-l3b");

  /** A quota or a webhook: asking again would not help, and says nothing against what was set. */
  private static final Set<Integer> DENIALS =
      Set.of(HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN, 422);

  @Override
  public Seen look(
      Situation situation, NavigableMap<String, String> environment, Deployment deployment) {
    var incident = situation.incident();
    var answer = new RuntimeAnswer(environment);
    var why = "";
    for (var attempt : ATTEMPTS) {
      var name = situation.name() + attempt;
      var found = new IncidentSnapshots(client).find(incident, name);
      if (found.isEmpty()) {
        return order(situation, name, answer.options(), deployment);
      }
      var snapshot = found.get();
      if (!IncidentSnapshots.isOf(incident, snapshot)) {
        why = "a snapshot of this name exists that this incident did not order";
        continue;
      }
      var status = snapshot.getStatus();
      if (status == null || status.phase() == null || status.phase() == Phase.RUNNING) {
        var pod = snapshot.getSpec().pod();
        if (Pods.isThere(client, situation.namespace(), pod)) {
          return waiting(pod);
        }
        why = "pod %s went away".formatted(pod);
        continue;
      }
      var seen = answer.of(snapshot.getSpec().pod(), status);
      if (seen.isPresent()) {
        return seen.get();
      }
      why = RuntimeAnswer.whyNot(status);
    }
    // The JVM was asked before the change and answered; a Go program may never be readable.
    return answer.isJava()
        ? new Seen.Failed("not seen to be in force: " + why)
        : new Seen.Done("whether it is in force was not seen: " + why);
  }

  private Seen order(
      Situation situation, String name, List<String> options, Deployment deployment) {
    var pods = Pods.ready(client, situation.namespace(), deployment.getSpec().getSelector());
    if (pods.isEmpty()) {
      return new Seen.NotYet("no new pod is ready in which the runtime could be asked");
    }
    var pod = nameOf(pods.getFirst());
    try {
      client.resource(snapshot(situation, name, pod, options)).create();
    } catch (KubernetesClientException e) {
      if (DENIALS.contains(e.getCode())) {
        return new Seen.Done("whether it is in force was not seen: " + ApiServer.words(e));
      }
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
    return waiting(pod);
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

  private static Seen waiting(String pod) {
    return new Seen.NotYet("the agent looks whether it is in force in pod " + pod);
  }

  private static String nameOf(Pod pod) {
    return pod.getMetadata().getName();
  }
}
