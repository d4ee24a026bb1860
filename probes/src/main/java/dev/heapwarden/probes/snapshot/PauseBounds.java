package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * For how long a container of a pod may be stopped by our own wish.
 *
 * @param isolated whether nobody waits for it
 * @param longest whatever its probe allows
 * @param patience of its liveness probe, before it is killed; empty without one
 */
record PauseBounds(boolean isolated, Duration longest, Optional<Duration> patience) {
  /** Of an isolated pod where no probe bounds it. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  /** A program that serves. */
  private static final Duration LONGEST_IN_SERVICE = Duration.ofMillis(500);

  /** Of a pod that is not known: for all one knows it serves. */
  static final PauseBounds IN_SERVICE =
      new PauseBounds(false, LONGEST_IN_SERVICE, Optional.empty());

  /** A forecast is no measurement: disks differ. */
  private static final int MARGIN = 2;

  /** Defaults of a probe (Kubernetes 1.35, pkg/apis/core/v1/defaults.go). */
  private static final int FAILURES = 3;

  private static final int PERIOD_SECONDS = 10;
  private static final int TIMEOUT_SECONDS = 1;

  static PauseBounds of(Pod pod, Container container) {
    var labels = pod.getMetadata().getLabels();
    boolean isolated = labels != null && labels.containsKey(Api.QUARANTINE_LABEL);
    return new PauseBounds(
        isolated, isolated ? LONGEST : LONGEST_IN_SERVICE, patience(container.getLivenessProbe()));
  }

  /** Of a pod in service that may be stopped for as long as neither of its probes notices. */
  static PauseBounds unnoticed(Container container) {
    var longest =
        patience(container.getReadinessProbe())
            .map(readiness -> readiness.dividedBy(MARGIN))
            .filter(readiness -> readiness.compareTo(LONGEST) < 0);
    return new PauseBounds(
        false,
        container.getReadinessProbe() == null ? LONGEST_IN_SERVICE : longest.orElse(LONGEST),
        patience(container.getLivenessProbe()));
  }

  /**
   * Why something is not done; empty when the pause is allowed.
   *
   * @param what is to be done, such as a heap dump
   * @param pause that is to be expected of it
   */
  Optional<String> refusal(String what, Duration pause) {
    if (!isolated && pause.compareTo(longest) > 0) {
      return Optional.of(
          "%s could stop it for %s, and a pod in service is stopped for %s at most: only an isolated one for longer"
              .formatted(what, seconds(pause), seconds(longest)));
    }
    if (patience.isPresent() && pause.multipliedBy(MARGIN).compareTo(patience.get()) > 0) {
      return Optional.of(
          "%s could stop it for %s, and its liveness probe kills it after %s (a margin of %d is kept)"
              .formatted(what, seconds(pause), seconds(patience.get()), MARGIN));
    }
    return pause.compareTo(longest) > 0
        ? Optional.of(
            "%s could stop it for %s, and %s are the most"
                .formatted(what, seconds(pause), seconds(longest)))
        : Optional.empty();
  }

  /**
   * For how long it may stand still before a probe of its has failed too often. The first failure
   * may come at once.
   */
  private static Optional<Duration> patience(@Nullable Probe asked) {
    return Optional.ofNullable(asked)
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

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
