package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.Restart;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Tests with the two leaking pods of a StatefulSet that are restarted, and its API server. */
abstract class RestartingPods {
  final Map<String, Pod> pods = new LinkedHashMap<>();
  final List<String> evictions = new ArrayList<>();
  final List<String> budgets = new ArrayList<>();
  final Map<String, Duration> ages = new LinkedHashMap<>();
  int refusal;
  int wanted = 2;
  int updated = 2;
  @Nullable Restart asked = new Restart(Restart.MOST);
  @Nullable GoSettings settings;
  String kind = "StatefulSet";
  Mode mode = Mode.ENFORCE;
  Instant now = Fixtures.NOON;

  private final ApiServer server = new ApiServer(this::answer);
  private final RestartPods action =
      new RestartPods(server.client(), (workload, container) -> assessments());

  RestartingPods() throws IOException {
    put("ledger-0", "uid-0", true);
    put("ledger-1", "uid-1", true);
    ages.put("ledger-0", Duration.ofHours(1));
    ages.put("ledger-1", Duration.ofHours(2));
  }

  @AfterEach
  void close() {
    server.close();
  }

  RestartPods action() {
    return action;
  }

  void put(String name, String uid, boolean ready) {
    pods.put(name, pod(name, uid, ready, now));
  }

  void leaves(String name) {
    pods.put(
        name,
        new PodBuilder(get(name))
            .editMetadata()
            .withDeletionTimestamp(now.toString())
            .endMetadata()
            .build());
  }

  /** By its labels: detection has not seen it yet. */
  void isolate(String name) {
    pods.put(
        name,
        new PodBuilder(get(name))
            .editMetadata()
            .addToLabels(Api.QUARANTINE_LABEL, "leak")
            .endMetadata()
            .build());
  }

  private Pod get(String name) {
    return Objects.requireNonNull(pods.get(name), name);
  }

  Plan plan() {
    return action.plan(situation());
  }

  Plan.Do planned() {
    return (Plan.Do) plan();
  }

  /** An operator that has just started: nothing is known but what the step and the cluster say. */
  Acted act(Plan.Do planned) {
    return new RestartPods(server.client(), (workload, container) -> List.of())
        .act(situation(), step(planned));
  }

  Seen look(Plan.Do planned) {
    return action.look(situation(), step(planned));
  }

  Step step(Plan.Do planned) {
    return Intended.step(action, planned);
  }

  Situation situation() {
    return situation(List.of());
  }

  Situation situation(List<Step> steps) {
    return new Situation(
        incident(steps),
        Fixtures.policy(
            new Respond(
                mode,
                3,
                Fixtures.respond(mode, 3, new Limits(3, 1)).diagnose(),
                Fixtures.respond(mode, 3, new Limits(3, 1)).isolate(),
                new Intervene(settings, null, null, null, asked, List.of(), "24h"),
                new Limits(3, 1),
                "30m",
                List.of())),
        now);
  }

  LeakIncident incident(List<Step> steps) {
    var incident = Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), "Go");
    incident.setSpec(
        new LeakIncidentSpec(
            new Target(kind, "ledger", "w1", "app", "checkout", 1),
            LeakIncidentSpec.Response.none()));
    return Fixtures.at(incident, "-", steps);
  }

  private List<Assessment> assessments() {
    return pods.values().stream()
        .filter(pod -> ages.containsKey(pod.getMetadata().getName()))
        .map(this::assessment)
        .toList();
  }

  private Assessment assessment(Pod of) {
    var leaking = Fixtures.leaking(2e8);
    var name = of.getMetadata().getName();
    return new Assessment(
        leaking.workloadUid(),
        new ContainerKey("shop", name, of.getMetadata().getUid(), "app", "id"),
        leaking.runtime(),
        leaking.quarantined(),
        leaking.verdict(),
        Objects.requireNonNull(ages.get(name)),
        leaking.at());
  }

  private Reply answer(String method, URI uri, String body) {
    var path = uri.getPath();
    if (path.endsWith("/eviction")) {
      return evict(path.replaceAll(".*/pods/|/eviction", ""), body);
    }
    if (path.endsWith("/pods")) {
      return Reply.list(pods.values().toArray());
    }
    if (path.contains("/pods/")) {
      var pod = pods.get(path.replaceAll(".*/pods/", ""));
      return pod == null ? Reply.refusal(404, "") : Reply.ok(pod);
    }
    return path.endsWith("/poddisruptionbudgets")
        ? Reply.list(budgets.stream().map(RestartingPods::parsed).toArray())
        : path.endsWith("s/ledger") ? Reply.ok(owner()) : Reply.refusal(404, "");
  }

  private static Object parsed(String yaml) {
    return Serialization.unmarshal(yaml, Map.class);
  }

  private Reply evict(String name, String body) {
    evictions.add(name + (body.contains("\"All\"") ? " dry" : "") + " " + uid(body));
    if (refusal > 0) {
      return Reply.refusal(refusal, "no");
    }
    if (!body.contains("\"All\"")) {
      leaves(name);
    }
    return Reply.ok(Map.of("kind", "Status", "status", "Success"));
  }

  private static String uid(String body) {
    return body.replaceAll("(?s).*\"uid\":\"([^\"]*)\".*", "$1");
  }

  private Object owner() {
    return parsed(
        """
        apiVersion: apps/v1
        kind: KIND
        metadata: {name: ledger, namespace: shop, uid: w1, generation: 1}
        spec: {replicas: WANTED, minReadySeconds: 10, selector: {matchLabels: {app: ledger}}, template: {}}
        status:
          replicas: WANTED
          updatedReplicas: UPDATED
          desiredNumberScheduled: WANTED
          updatedNumberScheduled: UPDATED
        """
            .replace("KIND", kind)
            .replace("WANTED", Integer.toString(wanted))
            .replace("UPDATED", Integer.toString(updated)));
  }

  static String budget(String name, int allowed) {
    return """
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: %s, namespace: shop, generation: 1}
    spec: {minAvailable: 1, selector: {matchLabels: {app: ledger}}}
    status: {observedGeneration: 1, disruptionsAllowed: %d, expectedPods: 2}
    """
        .formatted(name, allowed);
  }

  private static Pod pod(String name, String uid, boolean ready, Instant now) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: shop, uid: %s, creationTimestamp: "%s", labels: {app: ledger}}
        spec: {containers: [{name: app}]}
        status:
          conditions: [{type: Ready, status: "%s", lastTransitionTime: "%s"}]
        """
            .formatted(name, uid, now, ready ? "True" : "False", now.minus(Duration.ofMinutes(1))),
        Pod.class);
  }
}
