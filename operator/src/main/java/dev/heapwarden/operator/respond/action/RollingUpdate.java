package dev.heapwarden.operator.respond.action;

import dev.heapwarden.operator.respond.guard.Disruption;
import dev.heapwarden.operator.respond.guard.Disruption.Protection;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How many pods a Deployment's strategy lets go at once when it rolls out, and who needs them. The
 * API server holds no budget against a rollout.
 */
record RollingUpdate(KubernetesClient client, Deployment deployment) {
  /** Of both values: Kubernetes 1.35 pkg/apis/apps/v1/defaults.go, SetDefaults_Deployment. */
  private static final IntOrString DEFAULT = new IntOrString("25%");

  /** Why it must not roll out as it is, or empty. */
  Optional<String> forbidden() {
    int replicas = Rollout.replicas(deployment);
    if (replicas == 0) {
      return Optional.empty();
    }
    int out = out(replicas);
    return Disruption.rolloutForbiddenBy(
            client
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(deployment.getMetadata().getNamespace())
                .list()
                .getItems()
                .stream()
                .filter(
                    budget ->
                        Selectors.matches(
                            budget.getSpec().getSelector(),
                            deployment.getSpec().getTemplate().getMetadata().getLabels()))
                .map(budget -> protection(budget, replicas))
                .toList(),
            replicas - out)
        .map(
            why ->
                "Disruption: a rollout may take %d of %d pods out at once, and %s; lower maxUnavailable of the Deployment's strategy"
                    .formatted(out, replicas, why));
  }

  /** Kubernetes 1.35 pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts. */
  private int out(int replicas) {
    @Nullable RollingUpdateDeployment rolling =
        deployment.getSpec().getStrategy() == null
            ? null
            : deployment.getSpec().getStrategy().getRollingUpdate();
    var unavailable = rolling == null ? null : rolling.getMaxUnavailable();
    var surge = rolling == null ? null : rolling.getMaxSurge();
    int out = roundedDown(Objects.requireNonNullElse(unavailable, DEFAULT), replicas);
    boolean addsNone = isZero(Objects.requireNonNullElse(surge, DEFAULT));
    return Math.min(replicas, out == 0 && addsNone ? 1 : out);
  }

  private static int roundedDown(IntOrString value, int replicas) {
    Integer count = value.getIntVal();
    return count == null ? Math.toIntExact(percent(value) * replicas / 100) : count;
  }

  private static boolean isZero(IntOrString value) {
    Integer count = value.getIntVal();
    return count == null ? percent(value) == 0 : count == 0;
  }

  private static long percent(IntOrString value) {
    var percentage = value.getStrVal();
    return Long.parseLong(percentage.substring(0, percentage.length() - 1));
  }

  private Protection protection(PodDisruptionBudget budget, int replicas) {
    var namespace = deployment.getMetadata().getNamespace();
    var others =
        Pods.ready(client, namespace, budget.getSpec().getSelector()).stream()
            .filter(pod -> !isOurs(pod))
            .map(pod -> pod.getMetadata().getName())
            .collect(Collectors.toSet());
    return new Protection(budget, others, replicas);
  }

  private boolean isOurs(Pod pod) {
    return Selectors.matches(deployment.getSpec().getSelector(), pod.getMetadata().getLabels());
  }
}
