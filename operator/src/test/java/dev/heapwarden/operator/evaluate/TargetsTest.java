package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.detection.sample.ContainerKey;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TargetsTest {
  @Test
  void runningContainersAreKnownByTheIdThatTheirAgentGivesThem() {
    assertThat(Targets.of(pod(), List.of()))
        .extracting(ContainerKey::container, ContainerKey::containerId)
        .containsExactly(tuple("checkout", "abc"), tuple("envoy", "def"));
  }

  @Test
  void aPolicyMayNameTheContainersToWatch() {
    assertThat(Targets.of(pod(), List.of("envoy")))
        .extracting(ContainerKey::container)
        .containsExactly("envoy");
  }

  @Tag("E17")
  @Test
  void aNativeSidecarIsATargetAndAnInitContainerIsNot() {
    var pod = pod();
    pod.getSpec()
        .setInitContainers(
            List.of(
                new ContainerBuilder().withName("mesh").withRestartPolicy("Always").build(),
                new ContainerBuilder().withName("migrate").build()));
    pod.getStatus()
        .setInitContainerStatuses(
            List.of(running("mesh", "containerd://m"), running("migrate", "containerd://n")));

    assertThat(Targets.of(pod, List.of()))
        .extracting(ContainerKey::container)
        .containsExactly("checkout", "envoy", "mesh");
  }

  private static Pod pod() {
    var pod = Cluster.pod("checkout-1", Map.of());
    var crashed = running("crashed", "containerd://xyz");
    crashed.getState().setRunning(null);
    pod.getStatus()
        .setContainerStatuses(
            List.of(
                running("checkout", "containerd://abc"),
                running("envoy", "containerd://def"),
                crashed));
    return pod;
  }

  private static ContainerStatus running(String name, String id) {
    return new ContainerStatusBuilder()
        .withName(name)
        .withContainerID(id)
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .build();
  }
}
