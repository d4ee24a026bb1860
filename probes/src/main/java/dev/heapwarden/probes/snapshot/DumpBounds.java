package dev.heapwarden.probes.snapshot;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pod allows a heap dump of one of its containers to cost. */
record DumpBounds(Pod pod, Container container, PauseBounds pauses) {
  /** Bytes of a dump at most. */
  static final long LARGEST = 1L << 30;

  /** How much of it is in use is not known here. */
  private static final int SHARE = 4;

  private static final String EPHEMERAL_STORAGE = "ephemeral-storage";

  /** Said where there are none. */
  static final String UNKNOWN = "its pod is not known, nor what a heap dump would do to it";

  /** Of the container of an order; empty where its pod is not known. */
  static Optional<DumpBounds> of(Order order, PodView pods) {
    var key = order.target().container().key();
    return pods.find(key.namespace(), key.pod()).flatMap(pod -> of(pod, key.container()));
  }

  static Optional<DumpBounds> of(Pod pod, String container) {
    return Stream.concat(
            pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
        .filter(candidate -> candidate.getName().equals(container))
        .findFirst()
        .map(found -> new DumpBounds(pod, found, PauseBounds.of(pod, found)));
  }

  /** Why a dump is not taken; empty when its cost is allowed. */
  Optional<String> refusal(DumpForecast forecast) {
    var stopped = pauses().refusal("a heap dump", forecast.pause());
    if (stopped.isPresent()) {
      return stopped;
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

  /** The same in service, for as long as no probe of its notices. */
  DumpBounds unnoticed() {
    return new DumpBounds(pod, container, PauseBounds.unnoticed(container));
  }

  /** Bytes that the volume of a directory may hold before its pod is evicted; empty without one. */
  OptionalLong volumeLimit(Path directory) {
    var found =
        container.getVolumeMounts().stream()
            .filter(mount -> directory.startsWith(mount.getMountPath()))
            .max(Comparator.comparingInt(mount -> Path.of(mount.getMountPath()).getNameCount()));
    return found
        .map(VolumeMount::getName)
        .flatMap(this::volume)
        .map(Volume::getEmptyDir)
        .map(EmptyDirVolumeSource::getSizeLimit)
        .map(limit -> OptionalLong.of(isPart(found.get()) ? 0 : bytes(limit)))
        .orElse(OptionalLong.empty());
  }

  /** What else the volume holds the container does not see: nothing more is put there. */
  private static boolean isPart(VolumeMount mount) {
    return isSet(mount.getSubPath()) || isSet(mount.getSubPathExpr());
  }

  private static boolean isSet(@Nullable String path) {
    return path != null && !path.isEmpty();
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
}
