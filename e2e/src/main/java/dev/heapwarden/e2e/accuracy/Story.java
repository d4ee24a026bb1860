package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.e2e.corpus.Corpus;
import dev.heapwarden.e2e.corpus.Program;
import dev.heapwarden.e2e.corpus.Program.Half;
import dev.heapwarden.e2e.corpus.Trace;
import java.nio.file.Path;

/** How the verdict of one program changed: for those who tune detection. */
public final class Story {
  private Story() {}

  /**
   * Prints it.
   *
   * @param arguments {@code e2e/corpus}; the name of a program of the tuning half: the other must
   *     not be tuned by
   */
  public static void main(String[] arguments) {
    var directory = Path.of(arguments[0]);
    var corpus = Corpus.in(directory);
    var program =
        corpus
            .programs()
            .filter(one -> one.name().equals(arguments[1]) && one.half() == Half.TUNING)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no program " + arguments[1] + " in the tuning half"));
    tell(program, Trace.read(Trace.file(directory, program)), corpus);
  }

  private static void tell(Program program, Trace trace, Corpus corpus) {
    System.out.println(
        program.leaks()
            ? "It leaks: " + program.leak() + ", " + program.site()
            : "It does not leak.");
    var heapwarden = new Heapwarden();
    String before = "";
    for (var moment : Replay.of(trace, corpus.observe())) {
      var verdict = heapwarden.verdict(moment);
      var name = name(verdict);
      if (!name.equals(before)) {
        System.out.printf(
            "%4d s  %s: %s%n", moment.age().toSeconds(), name, verdict.evidence().sentence());
      }
      before = name;
    }
  }

  private static String name(Verdict verdict) {
    return verdict instanceof Verdict.Inconclusive inconclusive
        ? verdict.name() + "(" + inconclusive.reason() + ")"
        : verdict.name();
  }
}
