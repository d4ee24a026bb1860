package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.Rule;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.feature.Recording;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Policies, pods and containers as these tests need them. */
final class Cluster {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Workload CHECKOUT = new Workload("Deployment", "checkout", "uid-checkout");

  private Cluster() {}

  static MemoryPolicy policy(String name, String created, Rule... rules) {
    return policy(
        name,
        created,
        new LabelSelectorBuilder().addToMatchLabels("app", "checkout").build(),
        rules);
  }

  static MemoryPolicy policy(String name, String created, LabelSelector selector, Rule... rules) {
    var policy = new MemoryPolicy();
    policy.getMetadata().setName(name);
    policy.getMetadata().setNamespace("shop");
    policy.getMetadata().setUid("uid-" + name);
    policy.getMetadata().setGeneration(1L);
    policy.getMetadata().setCreationTimestamp(created);
    policy.setSpec(
        new MemoryPolicySpec(
            selector,
            List.of(),
            RuntimeChoice.AUTO,
            Observe.defaults(),
            List.of(rules),
            Respond.defaults()));
    return policy;
  }

  static Pod pod(String name, Map<String, String> labels) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("shop")
        .withUid("uid-" + name)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withNodeName("node-1")
        .addNewContainer()
        .withName("checkout")
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  static Pod isolated(String name, String incident, String policy) {
    var pod = pod(name, Map.of(Api.QUARANTINE_LABEL, incident));
    pod.getMetadata().setAnnotations(Map.of(Api.POLICY_ANNOTATION, policy));
    return pod;
  }

  static ContainerKey key(String pod) {
    return new ContainerKey("shop", pod, "uid-" + pod, "checkout", "id-" + pod);
  }

  static WatchedContainer watched(String pod, Verdict verdict, Attachment... attachments) {
    return watched(pod, RuntimeKind.GO, verdict, attachments);
  }

  static WatchedContainer watched(
      String pod, RuntimeKind runtime, Verdict verdict, Attachment... attachments) {
    return watched(pod, runtime, runtime, verdict, attachments);
  }

  static WatchedContainer watched(
      String pod,
      RuntimeKind seen,
      RuntimeKind judged,
      Verdict verdict,
      Attachment... attachments) {
    var key = key(pod);
    return new WatchedContainer(
        key,
        CHECKOUT,
        false,
        new Sight.Watched(
            new ContainerState(
                key,
                "checkout",
                seen,
                "go1.26.8",
                NOW.minusSeconds(600),
                List.of(attachments),
                0.0031),
            new Recording()),
        new Assessment(CHECKOUT.uid(), key, judged, false, verdict, Duration.ofMinutes(10), NOW));
  }

  static WatchedContainer unseen(String pod, Sight sight) {
    return new WatchedContainer(key(pod), CHECKOUT, false, sight, null);
  }

  static Condition condition(MemoryPolicyStatus status, String type) {
    return Conditions.find(Conditions.in(status), type).orElseThrow();
  }

  static Evidence evidence(String sentence) {
    return new Evidence(
        Layer.RUNTIME, Cause.UNKNOWN, sentence, null, null, "", List.of(), Map.of());
  }
}
