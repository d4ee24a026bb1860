package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.verdict.Layer;

/** What a policy lists: a preset by name, or a rule of the user's own. */
public sealed interface RuleSource {
  /** A rule set by its name, such as {@code go}. */
  record Preset(String name) implements RuleSource {}

  /**
   * A rule of the user's own.
   *
   * @param expression CEL over the features that gives a boolean
   * @param forWindows disjoint windows in a row in which it must hold, at least 1
   */
  record Custom(String name, Layer layer, String expression, int forWindows)
      implements RuleSource {}
}
