package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.ResizeMemory;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.action.Situation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Level 3 on a real cluster, one action at a time, with evidence as an agent would give it. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class TuningIT extends InAShop {
  private static final String PAUSE = "-XX:MaxGCPauseMillis=150";
  private static final Path CRD =
      Path.of(System.getProperty("heapwarden.root"), "manifests/chart/crds/memorysnapshots.yaml");

  TuningIT(KubernetesClient client) {
    super(client);
  }

  @Test
  void aLeakingPodGetsMoreMemoryWithoutARestartAndUndoTakesItBack() {
    var shop = open("tune-resize", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var other = shop.servingPods().stream().sorted().toList().getLast();
    var pod = shop.pod(leaking);
    var action =
        new ResizeMemory(client, (uid, container) -> List.of(Leak.seenIn(pod, "checkout")));
    var situation = situation(shop, "{resize: {memoryPercent: 125, max: 1Gi}}", "");

    var step = carryOut(action, situation);
    assertThat(inForce(shop.pod(leaking))).isEqualTo(new Quantity("320Mi"));
    assertThat(inForce(shop.pod(other))).isEqualTo(new Quantity("256Mi"));
    assertThat(shop.pod(leaking).getStatus().getContainerStatuses().getFirst().getRestartCount())
        .isZero();
    assertThat(shop.pod(leaking).getStatus().getQosClass()).isEqualTo("Burstable");
    assertThat(action.act(situation, step)).as("again").isEqualTo(new Acted.Yes());

    undo(action, situation, step);
    assertThat(inForce(shop.pod(leaking))).isEqualTo(new Quantity("256Mi"));
    assertThat(shop.pod(leaking).getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
  }

  @Test
  void aPodThatIsGoneTookItsLimitWithIt() {
    var shop = open("tune-too-much", "");
    var pod = shop.pod(shop.servingPods().iterator().next());
    var action =
        new ResizeMemory(client, (uid, container) -> List.of(Leak.seenIn(pod, "checkout")));
    var resize = "{resize: {memoryPercent: 400, max: 1Gi}}";
    var step = carryOut(action, situation(shop, resize, ""));
    client.apps().deployments().inNamespace(shop.namespace()).withName("checkout").scale(0);
    Shop.within(SOON).until(() -> shop.pods(Map.of("app", "checkout")).isEmpty());
    assertThat(action.undo(situation(shop, resize, "").incident(), step, Instant.now()))
        .isEqualTo(new Seen.Done("pod %s is gone".formatted(pod.getMetadata().getName())));
  }

  @Test
  void anAcceptedJvmOptionIsRolledOutAndUndoLeavesNothing() throws IOException {
    var shop = open("tune-options", "{name: PORT, value: \"8080\"}");
    snapshot(shop, "{option: '%s', accepted: true}".formatted(PAUSE), "");
    var action = new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of());
    var situation = situation(shop, "{jvm: {options: ['%s']}}".formatted(PAUSE), "JVM");

    var step = carryOut(action, situation);
    assertThat(shop.environment())
        .containsExactlyInAnyOrderEntriesOf(Map.of("PORT", "8080", "JAVA_TOOL_OPTIONS", PAUSE));
    undo(action, situation, step);
    assertThat(shop.environment()).isEqualTo(Map.of("PORT", "8080"));
  }

  @Test
  void whereTheImageHasTheFirstVariableTheSecondIsUsed() throws IOException {
    var shop = open("tune-second", "");
    snapshot(shop, "{option: '%s', accepted: true}".formatted(PAUSE), "JAVA_TOOL_OPTIONS");
    var situation = situation(shop, "{jvm: {options: ['%s']}}".formatted(PAUSE), "JVM");
    carryOut(new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of()), situation);
    assertThat(shop.environment()).isEqualTo(Map.of("JDK_JAVA_OPTIONS", PAUSE));
  }

  @Test
  void anOptionThatTheJvmDoesNotTakeIsRefusedAndChangesNothing() throws IOException {
    var shop = open("tune-refused", "");
    snapshot(shop, "{option: '%s', accepted: false, reason: no such flag}".formatted(PAUSE), "");
    var before = shop.deployment();
    var situation = situation(shop, "{jvm: {options: ['%s']}}".formatted(PAUSE), "JVM");
    assertThat(
            new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of()).plan(situation))
        .isEqualTo(
            new Plan.Refuse(
                "deployment/checkout",
                "FlagRefused: by JDK 25.0.3: %s: no such flag".formatted(PAUSE)));
    assertThat(shop.deployment().getSpec()).isEqualTo(before.getSpec());
  }

  /** 300 MiB live and a collection in ten seconds: 0.45 CPU with GOGC=20, without a CPU limit. */
  @Test
  void theRungThatCollectionsCanAffordIsSetWithItsForecast() {
    var shop = open("tune-ladder", "");
    var pod = shop.pod(shop.servingPods().iterator().next());
    var features = Map.of("live_heap", 300.0 * (1 << 20), "gc_rate", 0.1);
    var seen = new ArrayList<>(List.of(Leak.seenIn(pod, "checkout", features)));
    var action = new PatchEnvironment(client, new AssumedInForce(), (_, _) -> seen);
    var situation = situation(shop, "{go: {gcPercent: 5, gcCpuPercent: 50}}", "Go");

    var step = Responses.intended(action, situation);
    assertThat(step.message())
        .startsWith("set GOGC=20 (GOGC=20: forecast 0.50 collections/s instead of 0.10, at most")
        .endsWith("GOGC=5 refused: at most 1.80 CPU, and the policy allows 0.50)");

    seen.clear();
    assertThat(action.act(situation, step))
        .as("the forecast is no longer known")
        .isEqualTo(new Acted.Yes());
    assertThat(shop.environment()).isEqualTo(Map.of("GOGC", "20"));
    Shop.within(SOON).until(() -> action.look(situation, step) instanceof Seen.Done);
    undo(action, situation, step);
    assertThat(shop.environment()).isEmpty();
  }

  private Shop open(String namespace, String env) {
    return open(namespace, "Deployment", env);
  }

  private static Step carryOut(Action action, Situation situation) {
    var step = Responses.intended(action, situation);
    Shop.within(SOON).until(() -> action.act(situation, step) instanceof Acted.Yes);
    Shop.within(SOON).until(() -> action.look(situation, step) instanceof Seen.Done);
    return step;
  }

  private static void undo(Action action, Situation situation, Step step) {
    Shop.within(SOON)
        .until(() -> action.undo(situation.incident(), step, Instant.now()) instanceof Seen.Done);
  }

  private static Quantity inForce(Pod pod) {
    var memory =
        pod.getStatus().getContainerStatuses().getFirst().getResources().getLimits().get("memory");
    return java.util.Objects.requireNonNull(memory, "no limit in force");
  }

  /** What level 1 leaves behind. */
  private void snapshot(Shop shop, String option, String variable) throws IOException {
    try (var crd = Files.newInputStream(CRD)) {
      client.load(crd).items().forEach(new Installation(client)::apply);
    }
    var snapshot =
        Serialization.unmarshal(
            """
            apiVersion: heapwarden.dev/v1alpha1
            kind: MemorySnapshot
            metadata: {name: checkout-tuning-l1, namespace: %s}
            spec: {pod: checkout, container: checkout}
            status:
              phase: Completed
              variables: [%s]
              jvm: {version: 25.0.3, launcher: true, options: [%s]}
            """
                .formatted(shop.namespace(), variable, option),
            MemorySnapshot.class);
    var status = snapshot.getStatus();
    Shop.within(SOON)
        .ignoreExceptions()
        .until(() -> client.resource(snapshot).createOr(existing -> existing.update()) != null);
    var created = client.resource(snapshot).get();
    created.setStatus(status);
    client.resource(created).updateStatus();
  }

  private static Situation situation(Shop shop, String intervene, String runtime) {
    var uid = shop.deployment().getMetadata().getUid();
    var pod = shop.servingPods().stream().sorted().findFirst().orElse("none");
    var incident =
        Serialization.unmarshal(
            """
            metadata: {name: checkout-tuning, namespace: %s, uid: none}
            spec:
              target: {kind: Deployment, name: checkout, uid: %s, container: checkout, policy: checkout, episode: 1}
            status:
              phase: Open
              openedAt: "%s"
              baseline: {verdict: Confirmed, runtime: "%s", pod: %s, podUid: none}
              steps:
              - {action: Diagnose, level: 1, state: Done, object: memorysnapshot/checkout-tuning-l1}
            """
                .formatted(shop.namespace(), uid, Instant.now(), runtime, pod),
            LeakIncident.class);
    var policy =
        Serialization.unmarshal(
            """
            metadata: {name: checkout, namespace: %s}
            spec:
              selector: {matchLabels: {app: checkout}}
              respond: {mode: Enforce, maxLevel: 3, intervene: %s}
            """
                .formatted(shop.namespace(), intervene),
            MemoryPolicy.class);
    return new Situation(incident, policy, Instant.now());
  }
}
