package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IsolatePodTest {
  private static final String WORDS = "Pod \"checkout-1\" is invalid: metadata.labels: too long";

  private final ApiServer server = new ApiServer(this::answer);
  private int version = 1;
  private boolean alwaysChanges;
  private String labels = "";
  private boolean unreadable;
  private Reply node = node("Ready", "True");

  IsolatePodTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void labelsThatTheApiServerDoesNotTakeAreRefusedInItsWords() {
    assertThat(act(Fixtures.NOON)).isEqualTo(new Acted.No("Denied: " + WORDS));
  }

  @Test
  void aPodThatChangedMeanwhileIsTriedAgain() {
    alwaysChanges = true;
    assertThat(act(Fixtures.NOON))
        .isEqualTo(new Acted.Again("the pod changed while it was to be isolated"));
  }

  @Test
  void aPodThatNeverStopsChangingIsGivenUpAfterAWhile() {
    alwaysChanges = true;
    assertThat(act(Fixtures.NOON.plus(Duration.ofMinutes(6))))
        .isEqualTo(new Acted.No("the pod kept changing while it was to be isolated"));
  }

  @Test
  void whatWasDoneBeforeACrashIsRecognisedByLooking() {
    var isolation = new IsolatePod(server.client());
    assertThat(isolation.isActed(situation(Fixtures.NOON), step())).isFalse();
    labels = ", heapwarden.dev/quarantine: leak";
    assertThat(isolation.isActed(situation(Fixtures.NOON), step())).isTrue();
  }

  /** It may be isolated already: its network is not opened on that account. */
  @Test
  void aPodThatMayNotBeReadIsAskedForAgainUntilItIsLate() {
    unreadable = true;
    assertThat(act(Fixtures.NOON)).isEqualTo(new Acted.Again("Forbidden: no pods today"));
    assertThat(act(Fixtures.NOON.plus(Duration.ofMinutes(6))))
        .isEqualTo(new Acted.No("Forbidden: no pods today"));
  }

  @Test
  void noPodIsKeptOnANodeThatIsShortOfMemory() {
    node = node("MemoryPressure", "True");
    var reason = "NodePressure: node worker-1 has MemoryPressure, and what is isolated stays on it";
    assertThat(act(Fixtures.NOON)).isEqualTo(new Acted.Again(reason));
    assertThat(act(Fixtures.NOON.plus(Duration.ofMinutes(6)))).isEqualTo(new Acted.No(reason));
  }

  @Test
  void aNodeThatIsShortOfNothingOrMayNotBeReadHoldsNothingBack() {
    var goesOn = new Acted.No("Denied: " + WORDS);
    for (var found :
        List.of(
            node("MemoryPressure", "False"),
            node("Ready", "True"),
            Reply.refusal(403, "no nodes"),
            Reply.refusal(404, "not found"))) {
      node = found;
      assertThat(act(Fixtures.NOON)).isEqualTo(goesOn);
    }
  }

  private static Reply node(String condition, String status) {
    return Reply.ok(
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Node",
            "metadata",
            Map.of("name", "worker-1"),
            "status",
            Map.of("conditions", List.of(Map.of("type", condition, "status", status)))));
  }

  private Acted act(Instant now) {
    return new IsolatePod(server.client()).act(situation(now), step());
  }

  private static Situation situation(Instant now) {
    return new Situation(
        Fixtures.incident("leak", "w1"),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 2, new Limits(3, 1))),
        now);
  }

  private static Step step() {
    return new Step(
        "Isolate",
        2,
        Step.State.INTENDED,
        "pod/checkout-1",
        null,
        null,
        Map.of(
            "pod", "checkout-1",
            "podUid", "uid-of-checkout-1",
            "labels", "{\"app\":\"checkout\"}",
            "replicaSet", "checkout-7d9f",
            "services", ""),
        Fixtures.NOON.toString(),
        null,
        null);
  }

  private Reply answer(String method, URI uri, String body) {
    var path = uri.getPath();
    if (method.equals("PATCH")) {
      version += alwaysChanges ? 1 : 0;
      return Reply.refusal(422, WORDS);
    }
    if (path.contains("/replicasets/")) {
      return Reply.ok(
          Map.of(
              "apiVersion",
              "apps/v1",
              "kind",
              "ReplicaSet",
              "metadata",
              Map.of("name", "checkout-7d9f", "namespace", "shop"),
              "spec",
              Map.of("replicas", 2, "selector", Map.of("matchLabels", Map.of("app", "checkout")))));
    }
    if (path.endsWith("/nodes/worker-1")) {
      return node;
    }
    if (path.endsWith("/pods")) {
      return Reply.list(pod("checkout-1"), pod("checkout-2"));
    }
    if (unreadable && path.endsWith("/pods/checkout-1")) {
      return Reply.refusal(403, "no pods today");
    }
    return path.endsWith("/pods/checkout-1") ? Reply.ok(pod("checkout-1")) : Reply.list();
  }

  private Pod pod(String name) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          namespace: shop
          uid: uid-of-%s
          resourceVersion: "%d"
          creationTimestamp: "2026-07-01T11:00:00Z"
          labels: {app: checkout%s}
        spec: {nodeName: worker-1}
        status: {conditions: [{type: Ready, status: "True"}]}
        """
            .formatted(name, name, version, labels),
        Pod.class);
  }
}
