package dev.heapwarden.detection.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleSetTest {
  @Test
  void anEmptyListMeansThePresetsOfTheRuntimeThatIsFound() {
    var rules = compiled();

    assertThat(rules.of(RuntimeKind.GO))
        .extracting(Rule::name)
        .containsExactly(
            "live-heap-trend",
            "anonymous-trend",
            "map-growth",
            "goroutine-growth",
            "page-faults",
            "shared-memory",
            "open-files",
            "kernel-memory",
            "mark-termination");
    assertThat(rules.of(RuntimeKind.JVM))
        .extracting(Rule::name)
        .containsExactly(
            "live-heap-trend",
            "anonymous-trend",
            "class-growth",
            "collection-cadence",
            "metaspace-growth",
            "thread-growth",
            "direct-memory",
            "page-faults",
            "open-files",
            "kernel-memory",
            "pause-and-growth");
    assertThat(rules.of(RuntimeKind.NATIVE))
        .extracting(Rule::name)
        .containsExactly(
            "anonymous-trend", "page-faults", "shared-memory", "open-files", "kernel-memory");
    assertThat(rules.of(RuntimeKind.UNKNOWN)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aUserMayCopyEveryRuleOfAPreset(Preset preset) {
    var copies =
        preset.rules().stream()
            .map(rule -> custom("my-" + rule.name(), rule.supports()))
            .toArray(RuleSource[]::new);

    assertThat(compiled(copies).of(preset.runtime()))
        .hasSize(preset.rules().size())
        .allSatisfy(rule -> assertThat(rule.witness()).isEmpty());
  }

  @Test
  void everyExampleIsARule() {
    var sources =
        Example.ALL.stream()
            .map(
                example ->
                    new RuleSource.Custom(
                        example.name(),
                        example.layer(),
                        example.expression(),
                        example.forWindows()))
            .toArray(RuleSource[]::new);

    assertThat(compiled(sources).of(RuntimeKind.GO)).hasSize(Example.ALL.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "live_heap_slope > 12.0 * MB && map_entries > 10000.0",
        "!(gc_rate < 1.0) || page_fault_rate / 2.0 >= 3.5",
        "(memory_used_ratio > 0.5 ? live_heap : anonymous_memory) > 1.0 * GB",
        "-live_heap_slope < 10.0 * KB"
      })
  void arithmeticComparisonAndLogicOverFeaturesAreRules(String expression) {
    assertThat(compiled(custom("own", expression)).of(RuntimeKind.JVM)).hasSize(1);
  }

  @Test
  void anUnknownNameIsToldWithItsPlaceAndTheNamesThereAre() {
    var error = onlyError(custom("own", "live_heap > 1.0 &&\n  old_gen_growth > 2.0"));

    assertThat(error.rule()).isEqualTo("own");
    assertThat(error.line()).isEqualTo(2);
    assertThat(error.column()).isEqualTo(3);
    assertThat(error.message()).contains("old_gen_growth");
    assertThat(error.knownNames())
        .hasSize(Feature.values().length)
        .contains("live_heap_slope", "map_growth_rate");
    assertThat(error.toString())
        .startsWith("rule own at 2:3: undeclared reference to 'old_gen_growth'")
        .contains("known are ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          live_heap > 1; write 1.0, not 1
          live_heap * 2.0; expected type 'bool' but found 'double'
          live_heap >; mismatched input
          1.0 < 2.0; names no feature
          [1.0, 2.0].exists(x, x < live_heap); undeclared reference
          'aaaa'.matches('a+') && live_heap > 1.0; undeclared reference to 'matches'
          """)
  void whatIsNoRuleIsToldSo(String expression, String message) {
    assertThat(errors(custom("own", expression)))
        .isNotEmpty()
        .anySatisfy(error -> assertThat(error.message()).contains(message));
  }

  @Test
  void anExpressionIsBounded() {
    assertThat(errors(custom("long", "live_heap > 1.0" + " && live_heap > 1.0".repeat(200))))
        .isNotEmpty();
    assertThat(errors(custom("deep", "(".repeat(200) + "live_heap" + ")".repeat(200) + " > 1.0")))
        .isNotEmpty();
  }

  @Test
  void everyMistakeOfEveryRuleIsTold() {
    var errors =
        errors(
            new RuleSource.Preset("rust"),
            custom("one", "nonsense > 1.0"),
            custom("two", "live_heap > "),
            custom("twin", "live_heap > 1.0"),
            custom("twin", "live_heap > 2.0"),
            new RuleSource.Custom("zero", Layer.RUNTIME, "live_heap > 1.0", 0));

    assertThat(errors).extracting(RuleError::rule).contains("rust", "one", "two", "twin", "zero");
    assertThat(errors.getFirst().toString())
        .isEqualTo("rule rust: no such preset; known are go, jvm, native");
  }

  /** Else a leak would be Confirmed anew after each of its pauses. */
  @Test
  void aWitnessThatWasSureAWindowAgoIsSureWhileItSupports() {
    var rule = compiled().of(RuntimeKind.JVM).getFirst();
    var sure = liveHeap(1.0);
    var slower = liveHeap(0.5);

    assertThat(rule.apply(_ -> sure)).isEqualTo(new Outcome.Holds(true));
    assertThat(rule.apply(ago -> ago == 0 ? slower : sure)).isEqualTo(new Outcome.Holds(true));
    assertThat(rule.apply(_ -> slower)).isEqualTo(new Outcome.Holds(false));
  }

  /**
   * @param latePace of a live heap that otherwise grows as a leak does
   */
  private static Features liveHeap(double latePace) {
    return new Features(
        Map.of(
            Feature.LIVE_HEAP_SLOPE_LOW, 1.0,
            Feature.LIVE_HEAP_GROWTH, 0.3,
            Feature.LIVE_HEAP_RISE, 10.0 * 1024 * 1024,
            Feature.LIVE_HEAP_STEADINESS, 0.5,
            Feature.LIVE_HEAP_LATEST_PACE, 0.5,
            Feature.LIVE_HEAP_NEW_HIGH, 1.0,
            Feature.LIVE_HEAP_LATE_SLOPE_LOW, 1.0,
            Feature.LIVE_HEAP_LATE_PACE, latePace,
            Feature.LIVE_HEAP_GAP, 0.2),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static RuleSource custom(String name, String expression) {
    return new RuleSource.Custom(name, Layer.RUNTIME, expression, 1);
  }

  private static RuleSet compiled(RuleSource... sources) {
    return switch (RuleSet.compile(Arrays.asList(sources))) {
      case Compilation.Compiled(var rules) -> rules;
      case Compilation.Rejected(var errors) -> throw new AssertionError(errors);
    };
  }

  private static List<RuleError> errors(RuleSource... sources) {
    return switch (RuleSet.compile(Arrays.asList(sources))) {
      case Compilation.Compiled _ -> List.of();
      case Compilation.Rejected(var errors) -> errors;
    };
  }

  private static RuleError onlyError(RuleSource... sources) {
    var errors = errors(sources);
    assertThat(errors).hasSize(1);
    return errors.getFirst();
  }
}
