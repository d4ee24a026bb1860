package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.rule.Example;
import dev.heapwarden.detection.rule.Preset;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** With {@code -Dheapwarden.generate=true} it writes what it otherwise checks. */
class FeatureTableTest {
  private static final Path COMMITTED =
      Path.of(System.getProperty("heapwarden.root")).resolve("docs/features.md");

  @Test
  void theDocumentationHoldsTheTableOfFeatures() throws IOException {
    var generated = page();
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, generated);
    }
    assertThat(COMMITTED).hasContent(generated);
  }

  private static String page() {
    var page = new StringBuilder();
    page.append(
        """
        <!-- Generated from Feature.java and Preset.java: mvn test -pl detection -Dheapwarden.generate=true -->
        # Features and presets

        A rule of a MemoryPolicy is a CEL expression over these names that gives a boolean. Every
        feature is a double, so write `1.0` and not `1`; `KB`, `MB` and `GB` are powers of 1,024. There
        is arithmetic, comparison, `&&`, `||`, `!` and `? :`, and nothing else. A feature that cannot be
        computed makes the rule unanswered, never false. A rule of your own never exceeds Suspected.

        A *trend* goes through the points since warm-up within `trendHorizon`, at least eight of them
        over at least one and a half windows. A *rate* is over one `window`. With `forWindows: n` the
        expression must hold at now, one window ago, and so on n times.

        | name | unit | layer | runtime | needs the signal | meaning |
        |---|---|---|---|---|---|
        """);
    for (var feature : Feature.values()) {
      page.append(
          "| `%s` | %s | %s | %s | %s | %s |\n"
              .formatted(
                  feature.celName(),
                  feature.unit().symbol(),
                  word(feature.layer()),
                  runtimes(feature),
                  feature.signal(),
                  feature.meaning()));
    }
    for (var preset : Preset.values()) {
      page.append("\n## Preset `").append(preset.presetName()).append("`\n\n");
      page.append(
          """
          Confirmed needs two of these that support a leak, are sure of it, and that none contradicts;
          and that it has lasted 7 % of `trendHorizon`, or leaves no time to wait for that. To change
          one, copy its expression into a rule of your own.
          """);
      for (var rule : preset.rules()) {
        page.append(
            "\n`%s` (layer %s, forWindows: %d)\n\n```\n%s\n```\n"
                .formatted(rule.name(), word(rule.layer()), rule.forWindows(), rule.supports()));
        if (!rule.confirms().isEmpty()) {
          page.append("\nIt is sure where\n\n```\n").append(rule.confirms()).append("\n```\n");
        }
        if (rule.witness().isEmpty()) {
          page.append("\nIt is no witness: where it holds, there is a suspicion.\n");
        }
        if (!rule.contradicts().isEmpty()) {
          page.append("\nIt contradicts where\n\n```\n")
              .append(rule.contradicts())
              .append("\n```\n");
        }
      }
    }
    page.append(
        """

        ## Causes

        What a verdict names as the class of a leak, who holds it, and what it advises. Where the
        samples do not tell it, the cause is Unknown; an incident names then what its snapshots show,
        from the moment on when they are there, and its layer is that of the cause, unless the live
        heap was seen not to grow. BadKeys, Timer, Closure, JsonKept, Finalizers and ThreadLocals are
        known only from snapshots; [what names each](artifacts.md#what-a-snapshot-names-as-the-cause)
        stands with the artefacts. A later finding that says less does not replace them.

        | cause | layer | advice |
        |---|---|---|
        """);
    for (var cause : Cause.values()) {
      if (cause != Cause.UNKNOWN) {
        page.append(
            "| %s | %s | %s |\n".formatted(camel(cause), word(cause.layer()), cause.advice()));
      }
    }
    page.append(
        """

        ## Rules to copy

        These are in no preset: a healthy program may well fulfil them for long. Where yours does
        not, make them rules of your own.
        """);
    for (var example : Example.ALL) {
      page.append(
          "\n`%s` (layer %s, forWindows: %d)\n\n```\n%s\n```\n\n%s\n"
              .formatted(
                  example.name(),
                  word(example.layer()),
                  example.forWindows(),
                  example.expression(),
                  example.remark()));
    }
    return page.toString();
  }

  private static String runtimes(Feature feature) {
    return feature.runtimes().isEmpty()
        ? "any"
        : feature.runtimes().stream()
            .sorted()
            .map(kind -> kind == RuntimeKind.JVM ? "JVM" : word(kind))
            .collect(Collectors.joining(", "));
  }

  /** Such as {@code MapGrowth}, as an incident names it. */
  private static String camel(Enum<?> constant) {
    return Arrays.stream(constant.name().split("_"))
        .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  private static String word(Enum<?> constant) {
    return constant.name().charAt(0) + constant.name().substring(1).toLowerCase(Locale.ROOT);
  }
}
