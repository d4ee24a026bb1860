package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Releases of runtimes that hold more memory than they need. A version accuses nobody: what is
 * known of it is told where witnesses say that memory grows, as one more thing to look at.
 */
final class RuntimeAdvisories {
  private static final String SHIPPED = "runtime-advisories.txt";
  private static final Pattern COLUMNS = Pattern.compile(" \\| ");

  /** Such as {@code go1.24.2}; what was never released, such as {@code go1.24rc1}, is none. */
  private static final Pattern RELEASE = Pattern.compile("([a-z]+)(\\d+(?:\\.\\d+)*)(?: .*)?");

  private final List<RuntimeAdvisory> advisories;

  private RuntimeAdvisories(List<RuntimeAdvisory> advisories) {
    this.advisories = advisories;
  }

  /** Those that Heapwarden knows. */
  static RuntimeAdvisories shipped() {
    try (var file =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(RuntimeAdvisories.class.getResourceAsStream(SHIPPED)),
                StandardCharsets.UTF_8))) {
      return of(file.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RuntimeAdvisories of(List<String> lines) {
    return new RuntimeAdvisories(
        lines.stream()
            .filter(line -> !line.startsWith("#"))
            .map(RuntimeAdvisories::advisory)
            .toList());
  }

  private static RuntimeAdvisory advisory(String line) {
    var columns = COLUMNS.split(line, -1);
    if (columns.length != 5) {
      throw new IllegalArgumentException("five columns expected: " + line);
    }
    return new RuntimeAdvisory(
        columns[0],
        Version.parse(columns[1]),
        Version.parse(columns[2]),
        columns[3],
        URI.create(columns[4]));
  }

  List<RuntimeAdvisory> all() {
    return advisories;
  }

  /**
   * The same verdict, which says what is known of its runtime where memory grows.
   *
   * @param runtimeVersion such as {@code go1.24.2}; empty when unknown
   */
  Verdict beside(Verdict verdict, String runtimeVersion) {
    return sentence(runtimeVersion)
        .filter(_ -> growsByWitness(verdict.evidence()))
        .map(sentence -> told(verdict, sentence))
        .orElse(verdict);
  }

  private Optional<String> sentence(String runtimeVersion) {
    var release = RELEASE.matcher(runtimeVersion);
    if (!release.matches()) {
      return Optional.empty();
    }
    var version = Version.parse(release.group(2));
    var sentences =
        advisories.stream()
            .filter(advisory -> advisory.speaksOf(release.group(1), version))
            .map(advisory -> advisory.sentence(version))
            .collect(Collectors.joining());
    return Optional.of(sentences).filter(text -> !text.isEmpty());
  }

  private static boolean growsByWitness(Evidence evidence) {
    return evidence.witnesses().stream()
        .anyMatch(witness -> witness.stance() == Witness.Stance.SUPPORTS);
  }

  private static Verdict told(Verdict verdict, String sentence) {
    var evidence = verdict.evidence().with(verdict.evidence().sentence() + sentence);
    return switch (verdict) {
      case Verdict.Healthy _, Verdict.Inconclusive _ -> verdict;
      case Verdict.Suspected _ -> new Verdict.Suspected(evidence);
      case Verdict.Confirmed _ -> new Verdict.Confirmed(evidence);
    };
  }
}
