package dev.heapwarden.detection.rule;

import java.util.List;

/**
 * Why a rule was refused.
 *
 * @param rule its name
 * @param line from 1; 0 where the mistake has no place in the expression
 * @param column from 1; 0 where the mistake has no place in the expression
 * @param knownNames the names that could have been meant, for one that is unknown; else empty
 */
public record RuleError(
    String rule, String message, int line, int column, List<String> knownNames) {
  public RuleError {
    knownNames = List.copyOf(knownNames);
  }

  /** All of it in one line. */
  @Override
  public String toString() {
    var place = line == 0 ? "" : " at " + line + ":" + column;
    var known = knownNames.isEmpty() ? "" : "; known are " + String.join(", ", knownNames);
    return "rule " + rule + place + ": " + message + known;
  }
}
