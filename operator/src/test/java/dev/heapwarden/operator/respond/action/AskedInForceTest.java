package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AskedInForceTest {
  private static final String PAUSE = "-XX:MaxGCPauseMillis=150";
  private static final String JVM =
      "{phase: Completed, jvm: {version: 25.0.3, launcher: true, options: [{option: '"
          + PAUSE
          + "', accepted: true, %s}]}}";
  private static final NavigableMap<String, String> JAVA =
      new TreeMap<>(Map.of("JAVA_TOOL_OPTIONS", PAUSE));
  private static final NavigableMap<String, String> GO =
      new TreeMap<>(Map.of("GOGC", "20", "GOMEMLIMIT", "241591910"));

  private final NavigableMap<String, MemorySnapshot> snapshots = new TreeMap<>();
  private final ApiServer server = new ApiServer(this::answer);
  private final AskedInForce inForce = new AskedInForce(server.client());
  private final NavigableMap<String, String> pods =
      new TreeMap<>(
          Map.of("checkout-1", "2026-07-01T11:00:00Z", "checkout-2", "2026-07-01T11:30:00Z"));
  private boolean ready = true;
  private String denial = "";

  AskedInForceTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theJvmOfANewPodIsAskedOnce() {
    assertThat(look(JAVA))
        .extracting(AskedInForceTest::waits)
        .isEqualTo("the agent looks whether it is in force in pod checkout-2");
    assertThat(look(JAVA)).isInstanceOf(Seen.NotYet.class);
    assertThat(snapshots).containsOnlyKeys("leak-l3");
    var order = snapshots.firstEntry().getValue();
    assertThat(order.getSpec().kinds()).containsExactly(SnapshotKind.FLAGS);
    assertThat(order.getSpec().jvmOptions()).containsExactly(PAUSE);
    assertThat(order.getMetadata().getOwnerReferences().getFirst().getUid())
        .isEqualTo("uid-of-leak");
  }

  @Test
  void optionsThatTheNewJvmRunsWithAreInForce() {
    look(JAVA);
    answer("leak-l3", JVM.formatted("inForce: true"));
    assertThat(look(JAVA))
        .isEqualTo(new Seen.Done("in force: %s (seen in pod checkout-2)".formatted(PAUSE)));
  }

  @Test
  void anOptionThatTheNewJvmDoesNotRunWithIsAFailureWithItsReason() {
    look(JAVA);
    answer(
        "leak-l3", JVM.formatted("inForce: false, instead: MaxGCPauseMillis=200 (command line)"));
    assertThat(look(JAVA))
        .isEqualTo(
            new Seen.Failed(
                "not in force: %s; MaxGCPauseMillis=200 (command line) (seen in pod checkout-2)"
                    .formatted(PAUSE)));
  }

  @Test
  void aPodThatWentWhileItWasAskedIsNotTheLastOne() {
    look(JAVA);
    answer("leak-l3", "{phase: Failed, message: the pod went away}");
    assertThat(look(JAVA)).isInstanceOf(Seen.NotYet.class);
    assertThat(snapshots).containsOnlyKeys("leak-l3", "leak-l3b");
    answer("leak-l3b", JVM.formatted("inForce: true"));
    assertThat(look(JAVA)).isInstanceOf(Seen.Done.class);
  }

  @Test
  void aPodThatWentBeforeAnybodyAskedItIsNotWaitedFor() {
    look(JAVA);
    pods.remove("checkout-2");
    assertThat(look(JAVA))
        .extracting(AskedInForceTest::waits)
        .isEqualTo("the agent looks whether it is in force in pod checkout-1");
  }

  /** A quota says nothing against what was set. */
  @Test
  void whereNobodyMayBeAskedNothingIsTakenBack() {
    denial = "exceeded quota";
    assertThat(look(JAVA)).isInstanceOf(Seen.Done.class);
  }

  @Test
  void whereNoJvmAnswersNothingIsCalledInForce() {
    look(JAVA);
    answer("leak-l3", "{phase: Failed, message: the pod went away}");
    look(JAVA);
    answer(
        "leak-l3b",
        "{phase: Failed, artifacts: [{kind: Flags, state: Refused, reason: attaching is off}]}");
    assertThat(look(JAVA)).isEqualTo(new Seen.Failed("not seen to be in force: attaching is off"));
  }

  @Test
  void aGoProgramIsAskedToo() {
    look(GO);
    answer(
        "leak-l3",
        "{phase: Completed, variables: [GOGC, GOMEMLIMIT],"
            + " go: {gcPercent: 20, memoryLimit: 241591910}}");
    assertThat(look(GO))
        .isEqualTo(new Seen.Done("in force: GOGC GOMEMLIMIT (seen in pod checkout-2)"));
  }

  @Test
  void aGoProcessThatCannotBeReadIsNotCalledInForce() {
    look(GO);
    answer("leak-l3", "{phase: Failed, message: not readable}");
    look(GO);
    answer("leak-l3b", "{phase: Failed, message: not readable}");
    assertThat(look(GO))
        .isEqualTo(new Seen.Done("whether it is in force was not seen: not readable"));
  }

  @Test
  void withoutANewPodNobodyIsAsked() {
    ready = false;
    assertThat(look(JAVA)).isInstanceOf(Seen.NotYet.class);
    assertThat(snapshots).isEmpty();
  }

  static String waits(Seen seen) {
    return seen instanceof Seen.NotYet(var reason, _) ? reason : seen.toString();
  }

  private Seen look(NavigableMap<String, String> environment) {
    var situation =
        new Situation(
            Fixtures.incident("leak", "w1"),
            Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1))),
            Fixtures.NOON);
    var deployment =
        Serialization.unmarshal(
            "spec: {selector: {matchLabels: {app: checkout}}}", Deployment.class);
    return inForce.look(situation, environment, deployment);
  }

  private void answer(String snapshot, String status) {
    java.util.Objects.requireNonNull(snapshots.get(snapshot))
        .setStatus(Serialization.unmarshal("---\n" + status, MemorySnapshotStatus.class));
  }

  private Reply answer(String method, URI uri, String body) {
    var path = uri.getPath();
    if (path.endsWith("/pods")) {
      return Reply.list(
          pods.entrySet().stream().map(pod -> pod(pod.getKey(), pod.getValue())).toArray());
    }
    if (path.contains("/pods/")) {
      var name = path.substring(path.lastIndexOf('/') + 1);
      var created = pods.get(name);
      return created == null ? Reply.refusal(404, "not found") : Reply.ok(pod(name, created));
    }
    if (method.equals("POST")) {
      if (!denial.isEmpty()) {
        return Reply.refusal(403, denial);
      }
      var made = Serialization.unmarshal(body, MemorySnapshot.class);
      snapshots.put(made.getMetadata().getName(), made);
      return Reply.ok(made);
    }
    var found = snapshots.get(path.substring(path.lastIndexOf('/') + 1));
    return found == null ? Reply.refusal(404, "not found") : Reply.ok(found);
  }

  private Pod pod(String name, String created) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: shop, creationTimestamp: "%s"}
        status: {conditions: [{type: Ready, status: "%s"}]}
        """
            .formatted(name, created, ready ? "True" : "False"),
        Pod.class);
  }
}
