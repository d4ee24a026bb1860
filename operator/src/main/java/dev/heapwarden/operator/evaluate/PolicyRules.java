package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Rule;
import dev.heapwarden.detection.Detector;
import dev.heapwarden.detection.rule.Compilation;
import dev.heapwarden.detection.rule.RuleError;
import dev.heapwarden.detection.rule.RuleSet;
import dev.heapwarden.detection.rule.RuleSource;
import dev.heapwarden.detection.verdict.Layer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** The rules of a policy, compiled. */
public sealed interface PolicyRules {
  record Valid(Detector detector) implements PolicyRules {}

  /**
   * At least one rule cannot be used.
   *
   * @param message names each such rule, what is wrong with it and where
   */
  record Invalid(String message) implements PolicyRules {}

  static PolicyRules compile(MemoryPolicy policy) {
    var rules = policy.getSpec().rules();
    List<RuleSource> sources =
        rules == null ? List.of() : rules.stream().map(PolicyRules::source).toList();
    return switch (RuleSet.compile(sources)) {
      case Compilation.Compiled compiled -> new Valid(new Detector(compiled.rules()));
      case Compilation.Rejected rejected ->
          new Invalid(
              rejected.errors().stream()
                  .map(RuleError::toString)
                  .collect(Collectors.joining("; ")));
    };
  }

  /** The API server lets a rule through only with a preset, or with a name and an expression. */
  private static RuleSource source(Rule rule) {
    var preset = rule.preset();
    if (preset != null) {
      return new RuleSource.Preset(preset.name().toLowerCase(Locale.ROOT));
    }
    var layer = rule.layer();
    var windows = rule.forWindows();
    return new RuleSource.Custom(
        Objects.requireNonNull(rule.name(), "a rule without preset has a name"),
        layer == null ? Layer.RUNTIME : layer(layer),
        Objects.requireNonNull(rule.expression(), "a rule without preset has an expression"),
        windows == null ? Rule.FOR_WINDOWS : windows);
  }

  private static Layer layer(Rule.Layer layer) {
    return switch (layer) {
      case APPLICATION -> Layer.APPLICATION;
      case RUNTIME -> Layer.RUNTIME;
      case KERNEL -> Layer.KERNEL;
    };
  }
}
