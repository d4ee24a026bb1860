package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplacementTest {
  @Test
  void aReplicaSetReplacesItsPodsWithADeploymentAboveItOrWithout() {
    assertThat(Replacement.whyNot(ownedBy("ReplicaSet"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "StatefulSet|OwnerCannotReplace: StatefulSet x gives its pods fixed names",
        "DaemonSet|OwnerCannotReplace: DaemonSet x runs one pod per node",
        "Job|OwnerCannotReplace: Job x counts on this pod to end",
        "Machine|OwnerCannotReplace: Machine x is not known to replace a pod",
      })
  void everyOtherOwnerIsRefusedWithItsOwnReason(String kind, String reason) {
    assertThat(Replacement.whyNot(ownedBy(kind)).orElseThrow()).startsWith(reason);
  }

  @Test
  void aPodOfNobodyIsReplacedByNobody() {
    assertThat(Replacement.whyNot(pod("")).orElseThrow())
        .startsWith("OwnerCannotReplace: no controller owns it");
    assertThat(
            Replacement.whyNot(
                    pod("ownerReferences: [{kind: ReplicaSet, name: x, apiVersion: apps/v1}]"))
                .orElseThrow())
        .as("an owner that does not control it")
        .startsWith("OwnerCannotReplace: no controller owns it");
  }

  @Test
  void aStaticPodIsTheKubeletsWhateverItsOwnerSays() {
    var pod =
        pod(
            "annotations: {kubernetes.io/config.mirror: hash},"
                + " ownerReferences: [{kind: Node, name: node-1, controller: true}]");

    assertThat(Replacement.whyNot(pod).orElseThrow())
        .isEqualTo(
            "OwnerCannotReplace: the kubelet of node node-1 runs it from a file, whatever its"
                + " labels say");
  }

  private static Pod ownedBy(String kind) {
    return pod("ownerReferences: [{kind: %s, name: x, controller: true}]".formatted(kind));
  }

  private static Pod pod(String metadata) {
    return Serialization.unmarshal(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, %s}\nspec: {nodeName: node-1}"
            .formatted(metadata),
        Pod.class);
  }
}
