package dev.heapwarden.detection;

import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.feature.Frame;
import dev.heapwarden.detection.feature.History;
import dev.heapwarden.detection.feature.Recording;
import dev.heapwarden.detection.rule.RuleSet;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The way in: asks the rules of one policy about one container. Immutable, for any thread. */
public final class Detector {
  private final RuleSet rules;

  public Detector(RuleSet rules) {
    this.rules = rules;
  }

  /**
   * The same arguments always give the same verdict.
   *
   * @param samples of one container, in any order; those after {@code now} are not looked at
   * @param runtime of the container; presets of other runtimes are not asked
   */
  public Verdict evaluate(
      List<Sample> samples,
      RuntimeKind runtime,
      Instant containerStartedAt,
      Settings settings,
      Instant now) {
    var past = samples.stream().filter(sample -> !sample.at().isAfter(now)).toList();
    return evaluate(
        History.of(past, frame(containerStartedAt, settings)),
        runtime,
        containerStartedAt,
        settings,
        now);
  }

  /**
   * The same of a recording, which holds nothing after {@code now}.
   *
   * @param runtime of the container; presets of other runtimes are not asked
   */
  public Verdict evaluate(
      Recording samples,
      RuntimeKind runtime,
      Instant containerStartedAt,
      Settings settings,
      Instant now) {
    return evaluate(
        samples.in(frame(containerStartedAt, settings)),
        runtime,
        containerStartedAt,
        settings,
        now);
  }

  /**
   * The same of what is known of it.
   *
   * @param runtime of the container; presets of other runtimes are not asked
   */
  public Verdict evaluate(
      History history,
      RuntimeKind runtime,
      Instant containerStartedAt,
      Settings settings,
      Instant now) {
    Map<Integer, Features> byWindow = new HashMap<>();
    var findings =
        rules.of(runtime).stream()
            .map(
                rule ->
                    new Finding(
                        rule,
                        rule.apply(
                            ago ->
                                byWindow.computeIfAbsent(
                                    ago,
                                    windows ->
                                        history.at(
                                            now.minus(settings.window().multipliedBy(windows)))))))
            .toList();
    var age = Duration.between(containerStartedAt, now);
    var features = byWindow.computeIfAbsent(0, _ -> history.at(now));
    return new Judgement(new Testimony(findings, features), history::saw, age, settings).verdict();
  }

  private static Frame frame(Instant containerStartedAt, Settings settings) {
    return new Frame(
        containerStartedAt, settings.warmUp(), settings.window(), settings.trendHorizon());
  }
}
