package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.sample.RuntimeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Compiled rules. Immutable; compile once and evaluate often. */
public final class RuleSet {
  private final List<Rule> rules;

  private RuleSet(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Compiles every rule, or tells every mistake.
   *
   * @param sources of one policy; an empty list means the presets of whatever runtime is found
   */
  public static Compilation compile(List<RuleSource> sources) {
    var rules = new ArrayList<Rule>();
    var errors = new ArrayList<RuleError>();
    for (var source : sources.isEmpty() ? everyPreset() : sources) {
      switch (source) {
        case RuleSource.Preset(var name) ->
            Preset.named(name)
                .ifPresentOrElse(
                    preset -> addPreset(preset, rules, errors::add),
                    () -> errors.add(new RuleError(name, "no such preset", 0, 0, Preset.names())));
        case RuleSource.Custom custom -> addCustom(custom, rules, errors::add);
      }
    }
    for (int i = 1; i < rules.size(); i++) {
      var rule = rules.get(i);
      if (rules.subList(0, i).stream().anyMatch(rule::isMistakenFor)) {
        errors.add(new RuleError(rule.name(), "two rules have this name", 0, 0, List.of()));
      }
    }
    return errors.isEmpty()
        ? new Compilation.Compiled(new RuleSet(rules))
        : new Compilation.Rejected(errors);
  }

  /** The rules that speak of a container of this runtime. */
  public List<Rule> of(RuntimeKind runtime) {
    return rules.stream().filter(rule -> rule.speaksOf(runtime)).toList();
  }

  private static List<RuleSource> everyPreset() {
    return Arrays.stream(Preset.values())
        .<RuleSource>map(preset -> new RuleSource.Preset(preset.presetName()))
        .toList();
  }

  private static void addPreset(Preset preset, List<Rule> rules, Consumer<RuleError> mistakes) {
    for (var rule : preset.rules()) {
      var supports = Dialect.compile(rule.name(), rule.supports(), mistakes);
      if (supports != null) {
        rules.add(
            new Rule(
                rule.name(),
                rule.layer(),
                Optional.of(preset.runtime()),
                rule.witness(),
                supports,
                condition(rule, rule.confirms(), mistakes),
                condition(rule, rule.contradicts(), mistakes),
                rule.forWindows()));
      }
    }
  }

  private static Optional<Expression> condition(
      PresetRule rule, String text, Consumer<RuleError> mistakes) {
    return text.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(Dialect.compile(rule.name(), text, mistakes));
  }

  private static void addCustom(
      RuleSource.Custom custom, List<Rule> rules, Consumer<RuleError> mistakes) {
    if (custom.forWindows() < 1) {
      mistakes.accept(
          new RuleError(
              custom.name(),
              "forWindows must be at least 1, is " + custom.forWindows(),
              0,
              0,
              List.of()));
    }
    var expression = Dialect.compile(custom.name(), custom.expression(), mistakes);
    if (expression != null) {
      rules.add(
          new Rule(
              custom.name(),
              custom.layer(),
              Optional.empty(),
              Optional.empty(),
              expression,
              Optional.empty(),
              Optional.empty(),
              custom.forWindows()));
    }
  }
}
