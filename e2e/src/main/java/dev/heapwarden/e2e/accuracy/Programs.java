package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.e2e.corpus.Corpus;
import dev.heapwarden.e2e.corpus.Program;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table by program: ours in full, of every method when it raised the alarm. */
final class Programs {
  private Programs() {}

  static void print(List<Score> scores, Corpus corpus) {
    var ours = scores.getFirst();
    for (int i = 1; i < scores.size(); i++) {
      System.out.println(letter(i) + " " + scores.get(i).method().name());
    }
    System.out.printf(
        "%-32s %-21s %5s %5s %-24s %-5s %s%n",
        "program", "class", "susp", "conf", "layer, cause", "right", "alarms of the others, s");
    for (int i = 0; i < ours.results().size(); i++) {
      int row = i;
      var result = ours.results().get(row);
      var others =
          IntStream.range(1, scores.size())
              .filter(method -> scores.get(method).results().get(row).alarmed())
              .mapToObj(
                  method ->
                      letter(method) + seconds(scores.get(method).results().get(row).confirmedAt()))
              .collect(Collectors.joining(" "));
      System.out.printf(
          "%-32s %-21s %5s %5s %-24s %-5s %s%n",
          result.program().name(),
          result.program().leaks() ? result.program().leak() : "(clean)",
          seconds(result.suspectedAt()),
          seconds(result.confirmedAt()),
          result.confirmed().map(Programs::named).orElse("-"),
          right(result, corpus),
          others);
    }
  }

  /**
   * Whether the alarm, the layer and the class are right: + or -, and a dot where there is none.
   */
  private static String right(Result result, Corpus corpus) {
    var program = result.program();
    return mark(result.alarmed() == program.leaks())
        + result
            .confirmed()
            .filter(_ -> program.leaks())
            .map(evidence -> layerAndClass(program, evidence, corpus))
            .orElse("..");
  }

  private static String layerAndClass(Program program, Evidence evidence, Corpus corpus) {
    var truth = corpus.classOf(program);
    return mark(evidence.layer() == truth.layer())
        + mark(truth.causes().contains(evidence.cause().name()));
  }

  private static String mark(boolean right) {
    return right ? "+" : "-";
  }

  private static String named(Evidence evidence) {
    return (evidence.layer() + " " + evidence.cause()).toLowerCase(Locale.ROOT);
  }

  private static String seconds(Optional<Double> at) {
    return at.map(Math::round).map(Object::toString).orElse("-");
  }

  private static char letter(int method) {
    return (char) ('a' + method - 1);
  }
}
