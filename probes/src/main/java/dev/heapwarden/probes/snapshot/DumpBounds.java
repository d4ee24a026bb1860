package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a pod allows a heap dump of one of its containers to cost. */
record DumpBounds(Pod pod, Container container) {
  /** Where no probe bounds it. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  /** A forecast is no measurement: disks differ. */
  private static final int MARGIN = 2;

  /** Bytes of a dump at most. */
  static final long LARGEST = 1L << 30;

  /** Defaults of a probe (Kubernetes 1.35, pkg/apis/core/v1/defaults.go). */
  private static final int FAILURES = 3;

  private static final int PERIOD_SECONDS = 10;
  private static final int TIMEOUT_SECONDS = 1;

  /** How much of it is in use is not known here. */
  private static final int SHARE = 4;

  private static final String EPHEMERAL_STORAGE = "ephemeral-storage";

  static Optional<DumpBounds> of(Pod pod, String container) {
    return Stream.concat(
            pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
        .filter(candidate -> candidate.getName().equals(container))
        .findFirst()
        .map(found -> new DumpBounds(pod, found));
  }

  /** Why a dump is not taken; empty when its cost is allowed. */
  Optional<String> refusal(DumpForecast forecast) {
    var pause = forecast.pause();
    if (!isIsolated() && pause.compareTo(Pause.LONGEST_IN_SERVICE) > 0) {
      return Optional.of(
          "a heap dump could stop it for %s, and a pod in service is stopped for %s at most: only an isolated one is dumped"
              .formatted(seconds(pause), seconds(Pause.LONGEST_IN_SERVICE)));
    }
    var patience = patience();
    if (patience.isPresent() && pause.multipliedBy(MARGIN).compareTo(patience.get()) > 0) {
      return Optional.of(
          "a heap dump could stop it for %s, and its liveness probe kills it after %s (a margin of %d is kept)"
              .formatted(seconds(pause), seconds(patience.get()), MARGIN));
    }
    if (pause.compareTo(LONGEST) > 0) {
      return Optional.of(
          "a heap dump could stop it for %s, and %s are the most"
              .formatted(seconds(pause), seconds(LONGEST)));
    }
    if (forecast.bytes() > LARGEST) {
      return Optional.of(
          "its heap dump could have %d MiB, and %d are the most"
              .formatted(forecast.bytes() >> 20, LARGEST >> 20));
    }
    return storage()
        .filter(allowed -> allowed < forecast.space() * SHARE)
        .map(
            allowed ->
                "a heap dump could take %d MiB of disk, more than a quarter of the %d of ephemeral storage that the kubelet allows"
                    .formatted(forecast.space() >> 20, allowed >> 20));
  }

  /**
   * Bytes beyond which the kubelet evicts the pod: the container's own limit, and the sum of all
   * that are set (Kubernetes 1.35, pkg/kubelet/eviction/eviction_manager.go).
   */
  private Optional<Long> storage() {
    var all =
        pod.getSpec().getContainers().stream()
            .flatMap(other -> limit(other, EPHEMERAL_STORAGE).map(DumpBounds::bytes).stream())
            .reduce(Long::sum);
    return Stream.of(limit(container, EPHEMERAL_STORAGE).map(DumpBounds::bytes), all)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  private boolean isIsolated() {
    var labels = pod.getMetadata().getLabels();
    return labels != null && labels.containsKey(Api.QUARANTINE_LABEL);
  }

  /**
   * For how long it may stand still before its liveness probe has failed too often. The first
   * failure may come at once.
   */
  private Optional<Duration> patience() {
    return Optional.ofNullable(container.getLivenessProbe())
        .map(
            probe ->
                Duration.ofSeconds(
                    (long) (or(probe, Probe::getFailureThreshold, FAILURES) - 1)
                            * or(probe, Probe::getPeriodSeconds, PERIOD_SECONDS)
                        + or(probe, Probe::getTimeoutSeconds, TIMEOUT_SECONDS)));
  }

  private static int or(Probe probe, Function<Probe, Integer> figure, int otherwise) {
    return Optional.ofNullable(figure.apply(probe)).orElse(otherwise);
  }

  /** Bytes that the volume of a directory may hold before its pod is evicted; empty without one. */
  OptionalLong volumeLimit(Path directory) {
    return container.getVolumeMounts().stream()
        .filter(mount -> directory.startsWith(mount.getMountPath()))
        .max(Comparator.comparingInt(mount -> Path.of(mount.getMountPath()).getNameCount()))
        .map(VolumeMount::getName)
        .flatMap(this::volume)
        .map(Volume::getEmptyDir)
        .map(EmptyDirVolumeSource::getSizeLimit)
        .map(limit -> OptionalLong.of(bytes(limit)))
        .orElse(OptionalLong.empty());
  }

  private Optional<Volume> volume(String name) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getName().equals(name))
        .findFirst();
  }

  private static Optional<Quantity> limit(Container container, String resource) {
    return Optional.ofNullable(container.getResources())
        .flatMap(resources -> Optional.ofNullable(resources.getLimits()))
        .flatMap(limits -> Optional.ofNullable(limits.get(resource)));
  }

  private static long bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity).longValue();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
