package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.policy.GoSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which GOGC a policy's is in the end: the lowest rung, from the policy's own up, whose collections
 * keep within its bound by forecast. Without a bound it is the policy's own.
 *
 * @param own the policy's gcPercent
 * @param bound CPUs that collections may keep busy; empty without one
 */
record GcLadder(int own, Optional<Double> bound) {
  static final String VARIABLE = "GOGC";

  private static final int[] RUNGS = {5, 20, 50};

  /**
   * What is decided.
   *
   * @param percent empty where GOGC is left out
   * @param note why, with the forecast, for people; empty where there is nothing to say
   */
  record Choice(Optional<Integer> percent, String note) {}

  /** Empty where the policy asks for none. */
  static Optional<GcLadder> of(GoSettings settings, Container container) {
    var share = Optional.ofNullable(settings.gcCpuPercent());
    return Optional.ofNullable(settings.gcPercent())
        .map(
            percent ->
                new GcLadder(percent, share.map(bound -> cpuLimit(container) * bound / 100)));
  }

  /** Of one CPU where the container has no limit. */
  private static double cpuLimit(Container container) {
    return Optional.ofNullable(container.getResources())
        .flatMap(resources -> Optional.ofNullable(resources.getLimits()))
        .flatMap(limits -> Optional.ofNullable(limits.get("cpu")))
        .map(Quantity::getNumericalAmount)
        .map(Number::doubleValue)
        .orElse(1.0);
  }

  Choice choose(Optional<GcForecast> forecast) {
    if (bound.isEmpty()) {
      return new Choice(Optional.of(own), forecast.map(known -> said(known, own)).orElse(""));
    }
    return forecast
        .map(known -> within(known, bound.get()))
        .orElseGet(
            () ->
                new Choice(
                    Optional.empty(),
                    "GOGC is left out: what it costs cannot be forecast without live heap and"
                        + " collections"));
  }

  private Choice within(GcForecast forecast, double most) {
    var chosen = rungs().filter(rung -> forecast.cpus(rung) <= most).findFirst();
    var refused =
        rungs()
            .takeWhile(rung -> forecast.cpus(rung) > most)
            .map(
                rung ->
                    String.format(
                        Locale.ROOT,
                        "GOGC=%d refused: at most %.2f CPU, and the policy allows %.2f",
                        rung,
                        forecast.cpus(rung),
                        most));
    var accepted = chosen.map(rung -> said(forecast, rung)).stream();
    return new Choice(chosen, Stream.concat(accepted, refused).collect(joining("; ")));
  }

  /** The same as was decided before, as far as the policy still allows it. */
  Choice as(Map<String, String> environment) {
    var decided = environment.get(VARIABLE);
    var rung = rungs().filter(one -> Integer.toString(one).equals(decided)).findFirst();
    return new Choice(rung.or(() -> bound.isPresent() ? Optional.empty() : Optional.of(own)), "");
  }

  private Stream<Integer> rungs() {
    var higher = IntStream.of(RUNGS).filter(rung -> rung > own);
    return IntStream.concat(IntStream.of(own), bound.isPresent() ? higher : IntStream.empty())
        .boxed();
  }

  private static String said(GcForecast forecast, int percent) {
    return "%s=%d: %s".formatted(VARIABLE, percent, forecast.text(percent));
  }
}
