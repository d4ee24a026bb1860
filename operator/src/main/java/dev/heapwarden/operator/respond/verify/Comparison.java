package dev.heapwarden.operator.respond.verify;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.journal.Texts;
import java.time.Duration;
import java.util.Optional;

/** One container after the intervention, held against the leak as it was before. */
sealed interface Comparison {
  /** With its figures, for people. */
  String text();

  /** Nothing grows beyond noise, and the old growth is outside what this one may be. */
  record Gone(String text) implements Comparison {}

  /** It still grows, by less than before or with more time, beyond uncertainty. */
  record Better(String text) implements Comparison {}

  /** It grows as before, as far as can be told. */
  record Same(String text) implements Comparison {}

  /** It cannot be told yet. */
  record Open(String text) implements Comparison {}

  static Comparison of(Finding before, Assessment after) {
    Growth growth = after.verdict().evidence().growth();
    return switch (after.verdict()) {
      case Verdict.Inconclusive inconclusive ->
          new Open(
              "%s: %s".formatted(after.container().pod(), Texts.enumName(inconclusive.reason())));
      case Verdict.Healthy _ ->
          growth == null || growth.high() < before.growthLow()
              ? new Gone(text(before, after))
              : new Open(
                  "%s: no growth is seen, but the old one is not ruled out: %s"
                      .formatted(after.container().pod(), text(before, after)));
      case Verdict.Suspected _ ->
          isBetter(before, after)
              ? new Better(text(before, after))
              : new Open(
                  "%s: suspected only: %s".formatted(after.container().pod(), text(before, after)));
      case Verdict.Confirmed _ ->
          isBetter(before, after) ? new Better(text(before, after)) : new Same(text(before, after));
    };
  }

  private static boolean isBetter(Finding before, Assessment after) {
    Growth growth = after.verdict().evidence().growth();
    if (growth == null) {
      return false;
    }
    return growth.high() < before.growthLow() || livesLonger(before, after, growth);
  }

  /**
   * Whether the shortest life that the new growth allows exceeds the longest that the old one
   * allowed. A life is counted from the container's start, so equal ages are compared.
   */
  private static boolean livesLonger(Finding before, Assessment after, Growth growth) {
    Duration toLimit = after.verdict().evidence().timeToLimit();
    Long old = before.secondsToLimit();
    if (toLimit == null
        || old == null
        || before.growthLow() <= 0
        || growth.bytesPerSecond() <= 0
        || growth.high() <= 0) {
      return false;
    }
    double shortest =
        after.containerAge().toSeconds()
            + toLimit.toSeconds() * growth.bytesPerSecond() / growth.high();
    double longest =
        before.containerAgeSeconds() + old * before.growthBytesPerSecond() / before.growthLow();
    return shortest > longest;
  }

  private static String text(Finding before, Assessment after) {
    Growth growth = after.verdict().evidence().growth();
    var then = Texts.growth(before.growthBytesPerSecond(), before.growthLow(), before.growthHigh());
    var now =
        growth == null
            ? "none"
            : Texts.growth(growth.bytesPerSecond(), growth.low(), growth.high());
    return "growth %s -> %s%s".formatted(then, now, limit(before, after).orElse(""));
  }

  /** Time to the limit at the age of the new container, before and after. */
  private static Optional<String> limit(Finding before, Assessment after) {
    Long old = before.secondsToLimit();
    if (old == null) {
      return Optional.empty();
    }
    long life = before.containerAgeSeconds() + old;
    var age = after.containerAge();
    var then = Duration.ofSeconds(Math.max(0, life - age.toSeconds()));
    Duration toLimit = after.verdict().evidence().timeToLimit();
    return Optional.of(
        "; time to limit at age %s: %s -> %s"
            .formatted(
                Texts.duration(age),
                Texts.duration(then),
                toLimit == null ? "none" : Texts.duration(toLimit)));
  }
}
