package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** Tests with a leaking pod of one container, whose memory is resized, and its API server. */
abstract class ResizingAPod {
  final List<String> writes = new ArrayList<>();
  private final ApiServer server = new ApiServer(this::answer);
  private final ResizeMemory action =
      new ResizeMemory(server.client(), (workload, container) -> assessments());
  Pod pod = pod("256Mi", "Burstable", "");
  Optional<Pod> other = Optional.empty();
  boolean knowsResize = true;
  int conflicts;
  Assessment assessment = Fixtures.leaking(200 * 1_048_576.0);

  ResizingAPod() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  ResizeMemory action() {
    return action;
  }

  private List<Assessment> assessments() {
    return Stream.concat(other.stream(), Stream.of(pod)).map(this::assessment).toList();
  }

  private Assessment assessment(Pod of) {
    var key = assessment.container();
    return new Assessment(
        assessment.workloadUid(),
        new ContainerKey(
            key.namespace(),
            of.getMetadata().getName(),
            key.podUid(),
            key.container(),
            key.containerId()),
        assessment.runtime(),
        assessment.quarantined(),
        assessment.verdict(),
        assessment.containerAge(),
        assessment.at());
  }

  Plan plan(int percent, String max) {
    return action().plan(situation(percent, max));
  }

  Acted act(Plan.Do planned) {
    return action().act(situation(125, "1Gi"), step(planned));
  }

  Seen look(Plan.Do planned) {
    return action().look(situation(125, "1Gi"), step(planned));
  }

  Seen undo(Plan.Do planned) {
    return action().undo(incident(), step(planned), Fixtures.NOON);
  }

  Step step(Plan.Do planned) {
    return Intended.step(action(), planned);
  }

  static LeakIncident incident() {
    return Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), "Go");
  }

  static Situation situation(int percent, String max) {
    var respond = Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1));
    return new Situation(
        incident(),
        Fixtures.policy(
            new Respond(
                respond.mode(),
                respond.maxLevel(),
                respond.diagnose(),
                respond.isolate(),
                new Intervene(null, null, null, new Resize(percent, max), "24h"),
                respond.limits(),
                respond.cooldown(),
                List.of())),
        Fixtures.NOON);
  }

  void inForce(String limit) {
    pod = resized(pod, limit);
  }

  static Pod resized(Pod pod, String limit) {
    return new PodBuilder(pod)
        .editStatus()
        .editFirstContainerStatus()
        .withNewResources()
        .addToLimits("memory", new Quantity(limit))
        .endResources()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  static Pod other(String limit, String manager) {
    return new PodBuilder(pod(limit, "Burstable", manager))
        .editMetadata()
        .withName("checkout-0")
        .endMetadata()
        .build();
  }

  /** A pod to read, and its resize. */
  private Reply answer(String method, URI uri, String body) {
    if (method.equals("PUT")) {
      writes.add("PUT " + uri + "\n" + body);
      if (!knowsResize) {
        return Reply.refusal(404, "");
      }
      if (conflicts > 0) {
        conflicts--;
        return Reply.refusal(409, "");
      }
      if (!uri.toString().contains("dryRun")) {
        resize(uri, Serialization.unmarshal(body, Pod.class));
      }
    }
    return Reply.ok(read(uri));
  }

  private void resize(URI uri, Pod asked) {
    var limit = asked.getSpec().getContainers().getFirst().getResources().getLimits().get("memory");
    var status = read(uri).getStatus();
    if (isOther(uri)) {
      other = Optional.of(other(String.valueOf(limit), "heapwarden-leak"));
    } else {
      pod = pod(String.valueOf(limit), "Burstable", "heapwarden-leak");
    }
    read(uri).setStatus(status);
  }

  private Pod read(URI uri) {
    return isOther(uri) ? other.orElseThrow() : pod;
  }

  private static boolean isOther(URI uri) {
    return uri.getPath().contains("/checkout-0");
  }

  static Pod pod(String limit, String qos, String manager) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: checkout-1
          namespace: shop
          uid: uid-of-pod
          resourceVersion: "42"
          managedFields:
          - manager: %s
            operation: Update
            subresource: resize
            fieldsV1: {f:spec: {f:containers: {'k:{"name":"checkout"}': {f:resources: {f:limits: {f:memory: {}}}}}}}
        spec:
          containers:
          - name: checkout
            resources: {limits: {memory: %s}, requests: {memory: 8Mi}}
        status:
          qosClass: %s
          containerStatuses:
          - name: checkout
            resources: {limits: {memory: 256Mi}}
        """
            .formatted(manager.isEmpty() ? "kubelet" : manager, limit, qos),
        Pod.class);
  }
}
