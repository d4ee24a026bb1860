package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DumpBoundsTest {
  private static final long MIB = 1 << 20;

  @Test
  void aSmallHeapMayBeDumpedWhereverItIs() {
    assertThat(refusal(80 * MIB, false, container -> container)).isEmpty();
    assertThat(refusal(100 * MIB, false, container -> container).orElseThrow())
        .contains("for 0.6 s", "0.5 s at most", "only an isolated one");
    assertThat(refusal(100 * MIB, true, container -> container)).isEmpty();
  }

  /** The third failure may come 2 periods and a timeout after the pause began. */
  @Test
  void theLivenessProbeMustOutlastThePauseTwice() {
    assertThat(refusal(400 * MIB, true, container -> probed(container, 3))).isEmpty();
    assertThat(refusal(500 * MIB, true, container -> probed(container, 3)).orElseThrow())
        .contains("for 3.1 s", "liveness probe kills it after 5.0 s");
    assertThat(refusal(90 * MIB, true, container -> probed(container, 1)).orElseThrow())
        .contains("liveness probe kills it after 1.0 s");
  }

  @Test
  void withoutAProbeThereIsAMaximumToo() {
    assertThat(refusal(300 * MIB, true, 0.05, container -> container).orElseThrow())
        .contains("30.0 s are the most");
    assertThat(refusal(600 * MIB, true, container -> container).orElseThrow())
        .contains("could have 1200 MiB, and 1024 are the most");
  }

  @Test
  void aContainerWithLittleOfACoreStandsStillForLonger() {
    assertThat(refusal(60 * MIB, false, container -> container)).isEmpty();
    assertThat(refusal(60 * MIB, false, 0.5, container -> container)).isPresent();
  }

  /** What is not noticed by its probes may take longer than half a second, and nothing else. */
  @Test
  void aPodInServiceMayBeStoppedForAsLongAsItsProbesDoNotNotice() {
    assertThat(unnoticed(400 * MIB, container -> ready(probed(container, 3), 4))).isEmpty();
    assertThat(unnoticed(400 * MIB, container -> ready(container, 2)).orElseThrow())
        .contains("for 2.5 s", "in service is stopped for 1.5 s at most");
    assertThat(unnoticed(400 * MIB, container -> ready(probed(container, 2), 9)).orElseThrow())
        .contains("liveness probe kills it after 3.0 s");
    assertThat(unnoticed(100 * MIB, container -> probed(container, 9)).orElseThrow())
        .contains("stopped for 0.5 s at most");
  }

  private static Optional<String> unnoticed(long heap, UnaryOperator<ContainerBuilder> change) {
    return DumpBounds.of(pod(false, change), "web")
        .orElseThrow()
        .unnoticed()
        .refusal(DumpForecast.of(heap, Double.POSITIVE_INFINITY));
  }

  private static ContainerBuilder ready(ContainerBuilder container, int failures) {
    return container
        .withNewReadinessProbe()
        .withPeriodSeconds(2)
        .withFailureThreshold(failures)
        .endReadinessProbe();
  }

  @Test
  void noPodIsEvictedForItsDump() {
    assertThat(
            refusal(200 * MIB, true, container -> limited(container, "ephemeral-storage", "500Mi"))
                .orElseThrow())
        .contains("800 MiB of disk", "a quarter of the 500 of ephemeral storage");
    assertThat(
            refusal(100 * MIB, true, container -> limited(container, "ephemeral-storage", "2Gi")))
        .isEmpty();
  }

  @Test
  void theSizeOfAVolumeIsItsLimit() {
    var bounds = DumpBounds.of(withVolume(null), "web").orElseThrow();
    assertThat(bounds.volumeLimit(Path.of("/tmp"))).hasValue(64 * MIB);
    assertThat(bounds.volumeLimit(Path.of("/var/tmp"))).isEmpty();
  }

  @Test
  void aPartOfAVolumeTakesNothingMore() {
    var bounds = DumpBounds.of(withVolume("web"), "web").orElseThrow();
    assertThat(bounds.volumeLimit(Path.of("/tmp"))).hasValue(0);
  }

  private static Pod withVolume(@Nullable String subPath) {
    return new PodBuilder(pod(true, container -> container))
        .editSpec()
        .addNewVolume()
        .withName("tmp")
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("64Mi"))
        .endEmptyDir()
        .endVolume()
        .editFirstContainer()
        .addNewVolumeMount()
        .withName("tmp")
        .withMountPath("/tmp")
        .withSubPath(subPath)
        .endVolumeMount()
        .endContainer()
        .endSpec()
        .build();
  }

  private static Optional<String> refusal(
      long heap, boolean isolated, UnaryOperator<ContainerBuilder> change) {
    return refusal(heap, isolated, Double.POSITIVE_INFINITY, change);
  }

  private static Optional<String> refusal(
      long heap, boolean isolated, double cpus, UnaryOperator<ContainerBuilder> change) {
    return DumpBounds.of(pod(isolated, change), "web")
        .orElseThrow()
        .refusal(DumpForecast.of(heap, cpus));
  }

  private static Pod pod(boolean isolated, UnaryOperator<ContainerBuilder> change) {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .endMetadata()
            .withNewSpec()
            .addToContainers(change.apply(new ContainerBuilder().withName("web")).build())
            .endSpec();
    return isolated
        ? pod.editMetadata().addToLabels(Api.QUARANTINE_LABEL, "leak-1").endMetadata().build()
        : pod.build();
  }

  private static ContainerBuilder probed(ContainerBuilder container, int failures) {
    return container
        .withNewLivenessProbe()
        .withPeriodSeconds(2)
        .withFailureThreshold(failures)
        .endLivenessProbe();
  }

  private static ContainerBuilder limited(
      ContainerBuilder container, String resource, String limit) {
    return container.withNewResources().addToLimits(resource, new Quantity(limit)).endResources();
  }
}
