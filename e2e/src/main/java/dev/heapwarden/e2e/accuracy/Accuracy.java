package dev.heapwarden.e2e.accuracy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.e2e.corpus.Corpus;
import dev.heapwarden.e2e.corpus.Program;
import dev.heapwarden.e2e.corpus.Program.Half;
import dev.heapwarden.e2e.corpus.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code e2e/bench/accuracy}: replays the traces of one half and prints how each method did. */
public final class Accuracy {
  private final Corpus corpus;
  private final Path directory;
  private final Map<String, String> unknown = new TreeMap<>();
  private final List<Method> methods;

  private Accuracy(Path directory) throws IOException {
    this.directory = directory;
    this.corpus = Corpus.in(directory);
    this.methods =
        Stream.of(
                Stream.<Method>of(new Heapwarden()),
                SingleRule.presets(),
                SingleRule.seeds(seedRules(directory), unknown).stream(),
                Stream.of(
                    new LinearRegression(),
                    new PredictLinear(corpus.scale()),
                    new LinearBackwardRegression(),
                    new PrecogMf(corpus.seconds() / 4.0)))
            .<Method>flatMap(stream -> stream)
            .toList();
  }

  /**
   * Prints the tables, and writes JSON.
   *
   * @param arguments {@code e2e/corpus}; the file for the JSON; {@code reporting} or {@code tuning}
   */
  public static void main(String[] arguments) throws IOException {
    var half = Half.valueOf(arguments[2].toUpperCase(Locale.ROOT));
    new Accuracy(Path.of(arguments[0])).report(half, Path.of(arguments[1]));
  }

  private static Map<String, String> seedRules(Path directory) throws IOException {
    var rules = new LinkedHashMap<String, String>();
    new ObjectMapper(new YAMLFactory())
        .readTree(directory.resolve("seed-rules.yaml").toFile())
        .properties()
        .forEach(entry -> rules.put(entry.getKey(), entry.getValue().asText()));
    return rules;
  }

  private void report(Half half, Path json) throws IOException {
    var programs = corpus.programs().filter(program -> program.half() == half).toList();
    var recorded =
        programs.stream().filter(program -> Files.exists(Trace.file(directory, program))).toList();
    var results = new LinkedHashMap<Method, List<Result>>();
    for (var program : recorded) {
      var trace = Trace.read(Trace.file(directory, program));
      var moments = Replay.of(trace, corpus.observe());
      for (var method : methods) {
        var result = Result.of(method, program, moments);
        results
            .computeIfAbsent(method, _ -> new ArrayList<>())
            .add(method.answers() ? result.with(trace.snapshots()) : result);
      }
    }
    var scores =
        results.entrySet().stream()
            .map(entry -> new Score(entry.getKey(), entry.getValue(), corpus))
            .toList();
    print(half, programs.size(), recorded, scores);
    writeJson(scores, json);
    System.out.println(lastLine(scores));
  }

  private void print(Half half, int all, List<Program> recorded, List<Score> scores) {
    System.out.printf(
        Locale.ROOT,
        "The %s half: %d of its %d programs are recorded, %d of them leak. A recorded second counts"
            + " as %d: clean programs were watched for %.2f days.%n",
        half.name().toLowerCase(Locale.ROOT),
        recorded.size(),
        all,
        recorded.stream().filter(Program::leaks).count(),
        corpus.scale(),
        scores.getFirst().cleanDays());
    System.out.println(
        "Shares with their counts and 95 % intervals; false: false alarms per 1,000 clean days;"
            + " share of the life left when suspected and confirmed, 5th percentile, and median.");
    System.out.println();
    System.out.println(Score.header());
    scores.forEach(score -> System.out.println(score.row()));
    System.out.printf(
        Locale.ROOT,
        "heapwarden: %d false alarms; up to %.0f per 1,000 days by the 95 %% interval%n",
        scores.getFirst().falseAlarms(),
        scores.getFirst().falsePer1000DaysHigh());
    System.out.printf(
        Locale.ROOT,
        "heapwarden: snapshots of %s of the leaks found; class by samples alone %s%n",
        scores.getFirst().snapshots(),
        scores.getFirst().sampledClass());
    unknown.forEach(
        (name, message) -> System.out.println("not measured: seed:" + name + ": " + message));
    System.out.println();
    Programs.print(scores, corpus);
    System.out.println();
  }

  private static String lastLine(List<Score> scores) {
    var ours = scores.getFirst();
    var best =
        scores.stream()
            .filter(score -> score.method().rival())
            .max(Comparator.comparingDouble(Score::f1))
            .orElseThrow();
    return String.format(
        Locale.ROOT,
        "accuracy: precision=%s recall=%s layer=%s class=%s false-per-1000-pod-days=%.0f"
            + " life-left-p5=%.2f best-other=%s precision=%s recall=%s",
        ours.precision().figure(),
        ours.recall().figure(),
        ours.layer().figure(),
        ours.leakClass().figure(),
        ours.falsePer1000Days(),
        ours.lifeLeft(Result::confirmedAt, 0.05),
        best.method().name(),
        best.precision().figure(),
        best.recall().figure());
  }

  private static void writeJson(List<Score> scores, Path file) throws IOException {
    var json = new ObjectMapper();
    var root = json.createArrayNode();
    for (var score : scores) {
      var method =
          root.addObject()
              .put("method", score.method().name())
              .put("precision", score.precision().value())
              .put("recall", score.recall().value())
              .put("layer", score.layer().value())
              .put("class", score.leakClass().value())
              .put("falseAlarms", score.falseAlarms())
              .put("cleanDays", score.cleanDays())
              .put("lifeLeftSuspectedP5", score.lifeLeft(Result::suspectedAt, 0.05))
              .put("lifeLeftConfirmedP5", score.lifeLeft(Result::confirmedAt, 0.05))
              .put("lifeLeftConfirmedMedian", score.lifeLeft(Result::confirmedAt, 0.5));
      var programs = method.putArray("programs");
      for (var result : score.results()) {
        programs
            .addObject()
            .put("name", result.program().name())
            .put("class", result.program().leak())
            .put("suspectedAt", result.suspectedAt().orElse(null))
            .put("confirmedAt", result.confirmedAt().orElse(null))
            .put("alarms", result.alarms())
            .put("layer", result.confirmed().map(Evidence::layer).map(Enum::name).orElse(null))
            .put("cause", result.confirmed().map(Evidence::cause).map(Enum::name).orElse(null))
            .put("site", result.confirmed().map(Evidence::site).orElse(null));
      }
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
  }
}
