package dev.heapwarden.crds.policy;

import java.util.regex.Pattern;

/**
 * The notation of what watching may cost a container: a percentage of its CPU time from {@code
 * 0.1%} to {@code 10%}, with at most one decimal.
 */
public final class OverheadBudget {
  public static final String DEFAULT = "1%";

  /** Longest text: {@code 0.1%}. */
  static final int LENGTH = 4;

  private static final Pattern NOTATION = Pattern.compile("(0[.][1-9]|[1-9]([.][0-9])?|10)%");

  static final String VALID = "self.matches('^(0[.][1-9]|[1-9]([.][0-9])?|10)%$')";

  static final String MESSAGE =
      "overheadBudget must be a percentage of at least 0.1% and at most 10%, such as 1%";

  private OverheadBudget() {}

  /**
   * The share that a text stands for, such as 0.01. What is not of this notation, which the API
   * server refuses, counts as the default: one policy must not stop a node's agent.
   */
  public static double share(String text) {
    var percent = NOTATION.matcher(text).matches() ? text : DEFAULT;
    return Double.parseDouble(percent.substring(0, percent.length() - 1)) / 100;
  }
}
