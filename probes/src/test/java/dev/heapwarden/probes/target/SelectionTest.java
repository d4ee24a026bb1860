package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private final MemoryPolicy older = policy("zeta", "2026-01-01T00:00:00Z", "app: web");
  private final MemoryPolicy younger = policy("alpha", "2026-01-02T00:00:00Z", "app: web");

  @Test
  void whereTwoPoliciesSelectAPodTheOlderOneWins() {
    assertThat(policies(pod(Map.of("app", "web")), List.of(younger, older)))
        .containsExactly("zeta");
  }

  @Test
  void whenTheWinnerIsDeletedTheOtherTakesOver() {
    assertThat(policies(pod(Map.of("app", "web")), List.of(younger))).containsExactly("alpha");
  }

  @Test
  void aPodThatNoPolicySelectsIsLeftAlone() {
    assertThat(policies(pod(Map.of("app", "db")), List.of(older))).isEmpty();
  }

  @Test
  void aPolicyOfAnotherNamespaceSelectsNothing() {
    older.getMetadata().setNamespace("other");

    assertThat(policies(pod(Map.of("app", "web")), List.of(older))).isEmpty();
  }

  @Test
  void anIsolatedPodKeepsThePolicyItHad() {
    var isolated = pod(Map.of(Api.QUARANTINE_LABEL, "incident"));
    isolated.getMetadata().setAnnotations(Map.of(Api.POLICY_ANNOTATION, "alpha"));

    assertThat(policies(isolated, List.of(older, younger))).containsExactly("alpha");
  }

  @Test
  void suspiciousKeysAreThoseOfThePolicyElseThoseThatNeverComeAgain() {
    assertThat(suspiciousKeys()).contains("*http.Request", "time.Time");
    assertThat(suspiciousKeys("  observe: {suspiciousKeyTypes: ['*shop.Order']}\n"))
        .containsExactly("*shop.Order");
    assertThat(suspiciousKeys("  observe: {suspiciousKeyTypes: []}\n")).isEmpty();
  }

  private static List<String> suspiciousKeys(String... observe) {
    var policy = policy("keys", "2026-01-01T00:00:00Z", "app: web", observe);
    return Selection.watched(List.of(pod(Map.of("app", "web"))), List.of(policy))
        .getFirst()
        .suspiciousKeys();
  }

  @Test
  void heapDumpsInServiceAreAllowedByThePolicyAlone() {
    var pod = pod(Map.of("app", "web"));
    assertThat(Selection.watched(List.of(pod), List.of(older)))
        .allSatisfy(container -> assertThat(container.heapDumps()).isFalse());

    older.setSpec(
        Serialization.unmarshal(
            """
            selector: {matchLabels: {app: web}}
            respond: {diagnose: {heapDump: IfSafe}}
            """,
            MemoryPolicySpec.class));
    assertThat(Selection.watched(List.of(pod), List.of(older)))
        .isNotEmpty()
        .allSatisfy(container -> assertThat(container.heapDumps()).isTrue());
  }

  @Test
  void onlyRunningContainersThatThePolicyNamesAreWatched() {
    var pod =
        new PodBuilder(pod(Map.of("app", "web")))
            .editStatus()
            .addNewContainerStatus()
            .withName("proxy")
            .withContainerID("containerd://proxy-id")
            .withNewState()
            .withNewRunning("2026-01-03T00:00:00Z")
            .endState()
            .endContainerStatus()
            .addNewContainerStatus()
            .withName("waiting")
            .withNewState()
            .withNewWaiting("soon", "PodInitializing")
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();

    assertThat(Selection.watched(List.of(pod), List.of(older)))
        .extracting(
            container -> container.key().container(), container -> container.key().containerId())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("web", "web-id"),
            org.assertj.core.groups.Tuple.tuple("proxy", "proxy-id"));

    var narrow = policy("narrow", "2025-01-01T00:00:00Z", "app: web", "  containers: [proxy]\n");
    assertThat(Selection.watched(List.of(pod), List.of(narrow)))
        .extracting(container -> container.key().container())
        .containsExactly("proxy");
  }

  @Test
  void aNativeSidecarIsWatchedAndAnInitContainerIsNot() {
    var pod =
        new PodBuilder(pod(Map.of("app", "web")))
            .editSpec()
            .addNewInitContainer()
            .withName("mesh")
            .withRestartPolicy("Always")
            .endInitContainer()
            .addNewInitContainer()
            .withName("migrate")
            .endInitContainer()
            .endSpec()
            .editStatus()
            .withInitContainerStatuses(running("mesh"), running("migrate"))
            .endStatus()
            .build();

    assertThat(Selection.watched(List.of(pod), List.of(older)))
        .extracting(container -> container.key().container())
        .containsExactly("web", "mesh");
  }

  /** It is somebody's look at the pod, and ends with it. */
  @Test
  void anEphemeralContainerIsNotWatched() {
    var pod =
        new PodBuilder(pod(Map.of("app", "web")))
            .editStatus()
            .withEphemeralContainerStatuses(running("debugger"))
            .endStatus()
            .build();

    assertThat(Selection.watched(List.of(pod), List.of(older)))
        .extracting(container -> container.key().container())
        .containsExactly("web");
  }

  @Test
  void aContainerThatWasStartedAgainIsAnother() {
    var pod = pod(Map.of("app", "web"));
    var before = Selection.watched(List.of(pod), List.of(older)).getFirst();
    var again =
        new PodBuilder(pod)
            .editStatus()
            .editFirstContainerStatus()
            .withContainerID("containerd://web-id-2")
            .withRestartCount(1)
            .withNewState()
            .withNewRunning("2026-01-03T01:00:00Z")
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();

    var after = Selection.watched(List.of(again), List.of(older)).getFirst();
    assertThat(after.key()).isNotEqualTo(before.key());
    assertThat(after.startedAt()).isEqualTo(Instant.parse("2026-01-03T01:00:00Z"));
  }

  private static List<String> policies(Pod pod, List<MemoryPolicy> policies) {
    return Selection.watched(List.of(pod), policies).stream()
        .map(WatchedContainer::policy)
        .toList();
  }

  private static Pod pod(Map<String, String> labels) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web-1")
        .withUid("uid")
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .withNewStatus()
        .withPodIP("10.0.0.1")
        .addNewContainerStatus()
        .withName("web")
        .withContainerID("containerd://web-id")
        .withNewState()
        .withNewRunning("2026-01-03T00:00:00Z")
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static ContainerStatus running(String name) {
    return new ContainerStatusBuilder()
        .withName(name)
        .withContainerID("containerd://" + name + "-id")
        .withNewState()
        .withNewRunning("2026-01-03T00:00:00Z")
        .endState()
        .build();
  }

  private static MemoryPolicy policy(String name, String created, String labels, String... more) {
    return Serialization.unmarshal(
        """
        metadata: {name: %s, namespace: shop, creationTimestamp: "%s"}
        spec:
          selector: {matchLabels: {%s}}
        """
                .formatted(name, created, labels)
            + String.join("", more),
        MemoryPolicy.class);
  }
}
