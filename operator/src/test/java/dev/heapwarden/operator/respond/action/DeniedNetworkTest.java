package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeniedNetworkTest {
  private final LeakIncident incident = Fixtures.incident("leak", "w1");
  private final ApiServer server = new ApiServer(this::answer);
  private final IsolatePod isolation = new IsolatePod(server.client());
  private final List<String> changes = new ArrayList<>();
  private Optional<NetworkPolicy> stored = Optional.empty();
  private Optional<Reply> refusal = Optional.empty();
  private Reply relabelled = Reply.ok(pod("checkout-1"));
  private String quarantine = "";

  DeniedNetworkTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void thePodIsCutOffBeforeItLeaves() {
    assertThat(isolation.act(situation(), step("heapwarden-leak"))).isEqualTo(new Acted.Yes());

    assertThat(changes).containsExactly("POST networkpolicies", "PATCH checkout-1");
    var policy = stored.orElseThrow();
    assertThat(policy.getMetadata().getName()).isEqualTo("heapwarden-leak");
    assertThat(policy.getMetadata().getOwnerReferences().getFirst().getUid())
        .isEqualTo("uid-of-leak");
    assertThat(policy.getSpec().getPodSelector().getMatchLabels())
        .containsExactly(Map.entry("heapwarden.dev/quarantine", "leak"));
  }

  @Test
  void withoutTheWishThereIsNoNetworkPolicy() {
    assertThat(isolation.act(situation(), step(""))).isEqualTo(new Acted.Yes());

    assertThat(changes).containsExactly("PATCH checkout-1");
  }

  @Test
  void ofAnIsolationThatIsRefusedNothingStays() {
    relabelled = Reply.refusal(422, "too long");

    assertThat(isolation.act(situation(), step("heapwarden-leak")))
        .isEqualTo(new Acted.No("Denied: too long"));
    assertThat(stored).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400, Denied", "403, Forbidden"})
  void ofAnIsolationThatMayNotBeNothingStaysEither(int code, String word) {
    relabelled = Reply.refusal(code, "by a webhook");

    assertThat(isolation.act(situation(), step("heapwarden-leak")))
        .isEqualTo(new Acted.No(word + ": by a webhook"));
    assertThat(stored).isEmpty();
  }

  @Test
  void whoMayNotCutThePodOffLeavesItWhereItIs() {
    refusal = Optional.of(Reply.refusal(403, "quota of network policies"));

    assertThat(isolation.act(situation(), step("heapwarden-leak")))
        .isEqualTo(new Acted.No("Denied: quota of network policies"));
    assertThat(changes).containsExactly("POST networkpolicies");
  }

  /** As where two are counted against a quota at once. */
  @Test
  void aConflictOverSomethingElseIsNoAnswer() {
    refusal = Optional.of(Reply.refusal(409, "the quota was changed meanwhile"));

    assertThatThrownBy(() -> isolation.act(situation(), step("heapwarden-leak")))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("the quota was changed meanwhile");
    refusal = Optional.empty();
    assertThat(isolation.act(situation(), step("heapwarden-leak"))).isEqualTo(new Acted.Yes());
  }

  /** After a crash between the two. */
  @Test
  void theOneMadeBeforeIsRecognised() {
    stored = Optional.of(DeniedNetwork.of(incident));

    assertThat(isolation.act(situation(), step("heapwarden-leak"))).isEqualTo(new Acted.Yes());
  }

  @Test
  void oneOfSomebodyElseIsNeitherTakenForOursNorDeleted() {
    stored = Optional.of(DeniedNetwork.of(Fixtures.incident("other", "w1")));

    assertThat(isolation.act(situation(), step("heapwarden-leak")))
        .isEqualTo(new Acted.No("a NetworkPolicy heapwarden-leak of somebody else exists"));
    assertThat(stored).isPresent();
  }

  @Test
  void itGoesWithTheUndoAlsoWhereThePodIsNoLongerOurs() {
    stored = Optional.of(DeniedNetwork.of(incident));

    assertThat(isolation.undo(incident, step("heapwarden-leak"), Fixtures.NOON))
        .isInstanceOf(Seen.Done.class);
    assertThat(stored).isEmpty();
  }

  @Test
  void aPodWhoseNetworkSomebodyOpenedIsNotCalledIsolated() {
    quarantine = ", heapwarden.dev/quarantine: leak";

    assertThat(isolation.look(situation(), step("heapwarden-leak")))
        .isEqualTo(new Seen.Failed("somebody else changed or deleted its NetworkPolicy"));
    stored = Optional.of(DeniedNetwork.of(incident));
    assertThat(isolation.look(situation(), step("heapwarden-leak")))
        .isInstanceOfSatisfying(
            Seen.Done.class, done -> assertThat(done.message()).contains("talks to nobody"));
  }

  private Situation situation() {
    return new Situation(
        incident,
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 2, new Limits(3, 1))),
        Fixtures.NOON);
  }

  private static Step step(String networkPolicy) {
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
            "services", "",
            "networkPolicy", networkPolicy),
        Fixtures.NOON.toString(),
        null,
        null);
  }

  private Reply answer(String method, URI uri, String body) {
    var path = uri.getPath();
    if (!method.equals("GET")) {
      changes.add(method + " " + path.substring(path.lastIndexOf('/') + 1));
    }
    if (path.contains("/networkpolicies")) {
      return networkPolicy(method, body);
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
              Map.of("replicas", 1, "selector", Map.of("matchLabels", Map.of("app", "checkout")))));
    }
    if (method.equals("PATCH")) {
      return relabelled;
    }
    return path.endsWith("/pods")
        ? Reply.list(pod("checkout-1"), pod("checkout-2"))
        : path.endsWith("/pods/checkout-1") ? Reply.ok(pod("checkout-1")) : Reply.list();
  }

  private Reply networkPolicy(String method, String body) {
    if (method.equals("POST")) {
      if (refusal.isPresent()) {
        return refusal.get();
      }
      if (stored.isPresent()) {
        return Reply.refusal(409, "already exists");
      }
      stored = Optional.of(Serialization.unmarshal(body, NetworkPolicy.class));
    }
    var found = stored;
    if (method.equals("DELETE")) {
      stored = Optional.empty();
    }
    return found.<Reply>map(Reply::ok).orElseGet(() -> Reply.refusal(404, "not found"));
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
          resourceVersion: "1"
          creationTimestamp: "2026-07-01T11:00:00Z"
          labels: {app: checkout%s}
        status: {conditions: [{type: Ready, status: "True"}]}
        """
            .formatted(name, name, name.equals("checkout-1") ? quarantine : ""),
        Pod.class);
  }
}
