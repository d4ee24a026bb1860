package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No agent runs on a new pod's node, or it is down: what was set is rolled out all the same. */
class SilentAgentTest {
  private final NavigableMap<String, MemorySnapshot> snapshots = new TreeMap<>();
  private final ApiServer server = new ApiServer(this::answer);
  private Instant now = Fixtures.NOON;
  private List<String> pods = List.of("checkout-2", "checkout-1");

  SilentAgentTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void anotherPodIsAskedWhereTheAgentOfTheNewestOneStaysSilent() {
    assertThat(look(Duration.ZERO)).isInstanceOf(Seen.NotYet.class);
    assertThat(look(Duration.ofMinutes(7))).isInstanceOf(Seen.NotYet.class);
    assertThat(snapshots).containsOnlyKeys("leak-l3");

    assertThat(look(Duration.ofMinutes(8)))
        .extracting(AskedInForceTest::waits)
        .isEqualTo("the agent looks whether it is in force in pod checkout-1");
    assertThat(snapshots).containsOnlyKeys("leak-l3", "leak-l3b");
  }

  /** However long ago the change was made: the operator may have been away. */
  @Test
  void anAgentHasItsTimeFromWhenItWasAsked() {
    var ordered = Optional.of(Fixtures.NOON.plus(Duration.ofHours(1)));

    assertThat(look(Duration.ofHours(1)))
        .isEqualTo(
            new Seen.NotYet("the agent looks whether it is in force in pod checkout-2", ordered));
    assertThat(look(Duration.ofMinutes(67)))
        .isEqualTo(
            new Seen.NotYet("the agent looks whether it is in force in pod checkout-2", ordered));
  }

  /** A refusal to look does not take the change back either. */
  @Test
  void silenceTakesNothingBack() {
    look(Duration.ZERO);
    look(Duration.ofMinutes(8));

    assertThat(look(Duration.ofMinutes(16)))
        .isEqualTo(
            new Seen.Done(
                "whether it is in force was not seen: no agent answered about pod checkout-1"));
  }

  @Test
  void whereThereIsNoOtherPodSilenceTakesNothingBack() {
    pods = List.of("checkout-2");
    look(Duration.ZERO);

    assertThat(look(Duration.ofMinutes(8)))
        .isEqualTo(
            new Seen.Done(
                "whether it is in force was not seen: no agent answered about pod checkout-2"));
  }

  /** Else the change would be called late before the silence is. */
  @Test
  void theChangeIsWaitedForLongerThanTwoSilentAgentsAre() {
    look(Duration.ZERO);
    var patience =
        new PatchEnvironment(
            server.client(), new AskedInForce(server.client()), (workload, container) -> List.of());
    var left = patience.patience(situation()).minus(Duration.ofMinutes(16));

    assertThat(left).isPositive();
  }

  private Seen look(Duration later) {
    now = Fixtures.NOON.plus(later);
    var deployment =
        Serialization.unmarshal(
            "spec: {selector: {matchLabels: {app: checkout}}}", Deployment.class);
    return new AskedInForce(server.client())
        .look(
            situation(),
            new TreeMap<>(Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxGCPauseMillis=150")),
            deployment);
  }

  private Situation situation() {
    return new Situation(
        Fixtures.incident("leak", "w1"),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1))),
        now);
  }

  private Reply answer(String method, URI uri, String body) {
    var path = uri.getPath();
    var name = path.substring(path.lastIndexOf('/') + 1);
    if (method.equals("POST")) {
      var made = Serialization.unmarshal(body, MemorySnapshot.class);
      made.getMetadata().setCreationTimestamp(now.toString());
      snapshots.put(made.getMetadata().getName(), made);
      return Reply.ok(made);
    }
    if (path.contains("/pods")) {
      return name.equals("pods")
          ? Reply.list(pods.stream().map(SilentAgentTest::pod).toArray())
          : Reply.ok(pod(name));
    }
    var found = snapshots.get(name);
    return found == null ? Reply.refusal(404, "not found") : Reply.ok(found);
  }

  private static Map<String, Object> pod(String name) {
    return Map.of(
        "apiVersion",
        "v1",
        "kind",
        "Pod",
        "metadata",
        Map.of(
            "name",
            name,
            "namespace",
            "shop",
            "creationTimestamp",
            "2026-07-01T11:3%s:00Z".formatted(name.charAt(name.length() - 1))),
        "status",
        Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True"))));
  }
}
