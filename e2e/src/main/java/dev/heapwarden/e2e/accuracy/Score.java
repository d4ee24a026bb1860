package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.e2e.corpus.Corpus;
import dev.heapwarden.e2e.corpus.Program;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/** How a method did on a set of programs. */
record Score(Method method, List<Result> results, Corpus corpus) {
  private static final double DAY = 24 * 3600;

  /** Seconds before the end of its recording in which a program still counts as alive. */
  private static final double SLACK = 15;

  Score {
    results = List.copyOf(results);
  }

  /** Of the programs with an alarm, those that leak. */
  Share precision() {
    return new Share(found(), (int) results.stream().filter(Result::alarmed).count());
  }

  /** Of the programs that leak, those with an alarm. */
  Share recall() {
    return new Share(found(), (int) leaking().count());
  }

  /** Of the leaks found, those whose layer is named right. */
  Share layer() {
    return named((program, evidence) -> evidence.layer() == corpus.classOf(program).layer());
  }

  /** Of the leaks found, those whose class is named right. */
  Share leakClass() {
    return named(this::isOfItsClass);
  }

  /** The same by samples alone. */
  Share sampledClass() {
    return named(Result::sampled, this::isOfItsClass);
  }

  /** Of the leaks found, those that a snapshot was taken of. */
  Share snapshots() {
    var found = leaking().filter(Result::alarmed).toList();
    return new Share(
        (int) found.stream().filter(result -> result.snapshots() > 0).count(), found.size());
  }

  private boolean isOfItsClass(Program program, Evidence evidence) {
    return corpus.classOf(program).causes().contains(evidence.cause().name());
  }

  /** Alarms of clean programs. */
  int falseAlarms() {
    return results.stream()
        .filter(result -> !result.program().leaks())
        .mapToInt(Result::alarms)
        .sum();
  }

  /** Days that clean programs were watched, as the scale counts them. */
  double cleanDays() {
    return results.stream()
            .filter(result -> !result.program().leaks())
            .mapToDouble(Result::watched)
            .sum()
        * corpus.scale()
        / DAY;
  }

  double falsePer1000Days() {
    return 1000 * falseAlarms() / cleanDays();
  }

  /**
   * Share of a leak's life that is left when it is found, the 5th percentile: 95 % of the leaks are
   * found with more. A leak that is not found has none left.
   */
  double lifeLeft(Function<Result, Optional<Double>> found, double quantile) {
    var left =
        leaking()
            .map(
                result ->
                    found.apply(result).map(at -> Math.max(0, 1 - at / life(result))).orElse(0.0))
            .sorted()
            .toList();
    return left.isEmpty() ? 0 : left.get((int) Math.floor(quantile * (left.size() - 1)));
  }

  /** Until the leak has filled its room, or its program was seen to end before. */
  private double life(Result result) {
    double planned = corpus.lifeSeconds(result.program());
    return result.watched() < corpus.recorded(result.program()).toSeconds() - SLACK
        ? Math.min(planned, result.watched())
        : planned;
  }

  /** Harmonic mean of precision and recall, by which methods are ordered. */
  double f1() {
    double twice = 2.0 * found();
    return found() == 0 ? 0 : twice / (recall().total() + precision().total());
  }

  /** Upper end of the 95 % interval of a Poisson count (Byar's approximation), per 1,000 days. */
  double falsePer1000DaysHigh() {
    double next = falseAlarms() + 1;
    double root = 1 - 1 / (9 * next) + 1.959964 / (3 * Math.sqrt(next));
    return 1000 * next * root * root * root / cleanDays();
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "%-26s %-25s %-25s %5s %5s %9.0f %6.2f %6.2f %6.2f",
        method.name(),
        precision(),
        recall(),
        layer().figure(),
        leakClass().figure(),
        falsePer1000Days(),
        lifeLeft(Result::suspectedAt, 0.05),
        lifeLeft(Result::confirmedAt, 0.05),
        lifeLeft(Result::confirmedAt, 0.5));
  }

  static String header() {
    return String.format(
        "%-26s %-25s %-25s %5s %5s %9s %6s %6s %6s",
        "method", "precision", "recall", "layer", "class", "false", "susp", "conf", "conf50");
  }

  private int found() {
    return (int) leaking().filter(Result::alarmed).count();
  }

  private Stream<Result> leaking() {
    return results.stream().filter(result -> result.program().leaks());
  }

  private Share named(BiPredicate<Program, Evidence> right) {
    return named(Result::confirmed, right);
  }

  private Share named(
      Function<Result, Optional<Evidence>> by, BiPredicate<Program, Evidence> right) {
    var named = leaking().filter(result -> by.apply(result).isPresent()).toList();
    return new Share(
        (int)
            named.stream()
                .filter(result -> right.test(result.program(), by.apply(result).orElseThrow()))
                .count(),
        named.size());
  }
}
