package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.rule.Compilation;
import dev.heapwarden.detection.rule.Outcome;
import dev.heapwarden.detection.rule.Preset;
import dev.heapwarden.detection.rule.PresetRule;
import dev.heapwarden.detection.rule.RuleError;
import dev.heapwarden.detection.rule.RuleSet;
import dev.heapwarden.detection.rule.RuleSource;
import dev.heapwarden.detection.verdict.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One rule alone, which raises the alarm whenever it holds after warm-up; a witness of ours where
 * it is sure.
 */
final class SingleRule implements Method {
  private static final String SEED = "seed:";

  private final String name;
  private final boolean rival;
  private final RuleSet rules;

  private SingleRule(String name, boolean rival, RuleSet rules) {
    this.name = name;
    this.rival = rival;
    this.rules = rules;
  }

  /** Each witness of our presets, in each runtime as its preset has it. */
  static Stream<SingleRule> presets() {
    var rules = compiled();
    return Arrays.stream(Preset.values())
        .flatMap(preset -> preset.rules().stream())
        .filter(rule -> rule.witness().isPresent())
        .map(PresetRule::name)
        .distinct()
        .map(name -> new SingleRule(name, false, rules));
  }

  private static RuleSet compiled() {
    return switch (RuleSet.compile(List.of())) {
      case Compilation.Compiled(var rules) -> rules;
      case Compilation.Rejected(var errors) -> throw new IllegalStateException(errors.toString());
    };
  }

  /**
   * The thresholds of the source material.
   *
   * @param expressions by name
   * @param unknown takes those that speak of a figure that detection does not have
   */
  static List<Method> seeds(Map<String, String> expressions, Map<String, String> unknown) {
    return expressions.entrySet().stream()
        .<Method>mapMulti(
            (entry, methods) -> {
              var rule = new RuleSource.Custom(entry.getKey(), Layer.RUNTIME, entry.getValue(), 1);
              switch (RuleSet.compile(List.of(rule))) {
                case Compilation.Compiled(var rules) ->
                    methods.accept(new SingleRule(SEED + entry.getKey(), true, rules));
                case Compilation.Rejected(var errors) ->
                    unknown.put(entry.getKey(), message(errors));
              }
            })
        .toList();
  }

  private static String message(List<RuleError> errors) {
    return errors.getFirst().message().lines().findFirst().orElse("");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean rival() {
    return rival;
  }

  @Override
  public Opinion judge(Moment moment) {
    return Opinion.alarmIf(
        moment.warm()
            && rules.of(moment.state().runtime()).stream()
                .filter(rule -> name.equals(rule.name()) || name.equals(SEED + rule.name()))
                .map(rule -> rule.apply(moment::features))
                .anyMatch(
                    outcome -> outcome instanceof Outcome.Holds(boolean confirms) && confirms));
  }
}
