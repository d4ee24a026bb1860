package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.Governing;
import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The pods of the watched namespaces, and which policies care when one of them changes. */
final class PodEvents {
  private static final String NAME = "pods";

  private PodEvents() {}

  static InformerEventSource<Pod, MemoryPolicy> source(EventSourceContext<MemoryPolicy> context) {
    var policies = context.getPrimaryCache();
    var configuration =
        InformerEventSourceConfiguration.from(Pod.class, MemoryPolicy.class)
            .withName(NAME)
            .withNamespacesInheritedFromController()
            .withOnUpdateFilter((now, before) -> matters(now, before))
            .withSecondaryToPrimaryMapper(
                pod ->
                    policies
                        .list(
                            pod.getMetadata().getNamespace(),
                            policy -> Governing.selects(policy, pod))
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .build();
    return new InformerEventSource<>(configuration, context);
  }

  static List<Pod> pods(Context<MemoryPolicy> context, String namespace) {
    return context.eventSourceRetriever().getEventSourceFor(Pod.class, NAME)
            instanceof InformerEventSource<Pod, MemoryPolicy> source
        ? source.list(namespace, _ -> true).toList()
        : List.of();
  }

  /** A change of readiness or of a probe time alone changes nothing here. */
  private static boolean matters(Pod now, Pod before) {
    return !Objects.equals(now.getMetadata().getLabels(), before.getMetadata().getLabels())
        || !Objects.equals(
            now.getMetadata().getDeletionTimestamp(), before.getMetadata().getDeletionTimestamp())
        || !Objects.equals(now.getStatus().getPhase(), before.getStatus().getPhase())
        || !running(now).equals(running(before));
  }

  private static List<String> running(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(container -> container.getState() != null)
        .filter(container -> container.getState().getRunning() != null)
        .map(ContainerStatus::getContainerID)
        .toList();
  }
}
