package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Diagnose;
import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Isolate;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.policy.Scale;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A leak that nobody has answered yet, and a policy that asks for an answer. */
final class Leak {
  static final String OF_CHECKOUT = "checkout-leak";

  /** Who manages the fields that a response to {@link #OF_CHECKOUT} changes. */
  static final String MANAGER = Api.FIELD_MANAGER_PREFIX + OF_CHECKOUT;

  private Leak() {}

  /**
   * @param kind of the shop's workload
   */
  static LeakIncident ofCheckout(Shop shop, String kind, String pod) {
    HasMetadata workload =
        kind.equals("Deployment")
            ? shop.deployment()
            : shop.client()
                .apps()
                .statefulSets()
                .inNamespace(shop.namespace())
                .withName("checkout")
                .require();
    var uid = workload.getMetadata().getUid();
    return of(
        OF_CHECKOUT, new Target(kind, "checkout", uid, "checkout", "checkout", 1), shop.pod(pod));
  }

  static LeakIncident of(String name, Target target, Pod pod) {
    var now = Instant.now().toString();
    var incident = new LeakIncident();
    incident.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(pod.getMetadata().getNamespace())
            .build());
    incident.setSpec(new LeakIncidentSpec(target, LeakIncidentSpec.Response.none()));
    var finding =
        new Finding(
            "Confirmed",
            "Go",
            "Application",
            "MapGrowth",
            "it leaks",
            1e6,
            9e5,
            1.1e6,
            600_000_000L,
            3600L,
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            600,
            1,
            List.of(),
            now);
    incident.setStatus(
        new LeakIncidentStatus(
            target.workload(),
            target.container(),
            "Confirmed",
            "Application",
            "3.4 GiB/h",
            "1h",
            "-",
            0,
            Phase.OPEN,
            null,
            finding,
            finding,
            List.of(),
            List.of(),
            now,
            null,
            null));
    return incident;
  }

  /** What an operator whose agents answer would know of a container that leaks. */
  static Assessment seenIn(Pod pod, String container) {
    return seenIn(pod, container, Map.of("anonymous_memory", 2e7));
  }

  static Assessment seenIn(Pod pod, String container, Map<String, Double> features) {
    var metadata = pod.getMetadata();
    return new Assessment(
        "",
        new ContainerKey(
            metadata.getNamespace(), metadata.getName(), metadata.getUid(), container, "id"),
        RuntimeKind.GO,
        false,
        new Verdict.Suspected(
            new Evidence(
                Layer.RUNTIME, Cause.UNKNOWN, "It leaks.", null, null, "", List.of(), features)),
        Duration.ofHours(1),
        Instant.now());
  }

  /** Governs checkout. */
  static MemoryPolicy policy(Mode mode, int maxLevel) {
    return policy(mode, maxLevel, new Isolate("1h"), changes());
  }

  /** Of level 3: a rollout, and one more pod. */
  static Intervene changes() {
    return new Intervene(
        new GoSettings(90, 20, null, Map.of("gctrace", "1")), null, new Scale(1, 4), null, "24h");
  }

  static MemoryPolicy policy(Mode mode, int maxLevel, Isolate isolate, Intervene intervene) {
    var policy = new MemoryPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("checkout").build());
    policy.setSpec(
        new MemoryPolicySpec(
            new LabelSelectorBuilder().addToMatchLabels("app", "checkout").build(),
            List.of(),
            RuntimeChoice.AUTO,
            Observe.defaults(),
            List.of(),
            new Respond(
                mode,
                maxLevel,
                new Diagnose("5s"),
                isolate,
                intervene,
                new Limits(10, 1),
                "30m",
                List.of())));
    return policy;
  }

  static MemoryPolicy enforced(int maxLevel) {
    return policy(Mode.ENFORCE, maxLevel);
  }

  /** Level 2 cuts the pod off. */
  static MemoryPolicy denyingNetwork(int maxLevel) {
    return policy(Mode.ENFORCE, maxLevel, new Isolate("1h", true), changes());
  }
}
