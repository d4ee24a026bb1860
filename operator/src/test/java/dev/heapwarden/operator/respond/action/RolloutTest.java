package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class RolloutTest {
  private static final String UPDATED =
      "observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2";

  @Test
  void itIsDoneWhenAllPodsAreNewAndAvailable() {
    assertThat(of(UPDATED)).isEqualTo(new Seen.Done("2 of 2 pods are new and available"));
    assertThat(of(UPDATED.replace("replicas: 2, u", "replicas: 3, u")))
        .as("an old pod is left")
        .isInstanceOf(Seen.NotYet.class);
    assertThat(of(UPDATED.replace("observedGeneration: 2", "observedGeneration: 1")))
        .as("of the version before")
        .isEqualTo(new Seen.NotYet("the rollout has not begun"));
  }

  @Test
  void newPodsThatDoNotBecomeReadyAreAFailureOnceTheDeploymentGivesUp() {
    assertThat(
            of(
                "observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 2,"
                    + " conditions: [{type: Progressing, status: 'False',"
                    + " reason: ProgressDeadlineExceeded}]"))
        .isEqualTo(new Seen.Failed("ProgressDeadlineExceeded: the new pods do not become ready"));
  }

  private static Seen of(String status) {
    return Rollout.of(
        Serialization.unmarshal(
            """
            metadata: {name: checkout, generation: 2}
            spec: {replicas: 2}
            status: {%s}
            """
                .formatted(status),
            Deployment.class));
  }
}
