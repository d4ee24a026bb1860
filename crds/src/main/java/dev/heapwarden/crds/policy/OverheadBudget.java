package dev.heapwarden.crds.policy;

/**
 * The notation of what watching may cost a container: a percentage of its CPU time from {@code
 * 0.1%} to {@code 10%}, with at most one decimal.
 */
public final class OverheadBudget {
  public static final String DEFAULT = "1%";

  /** Longest text: {@code 0.1%}. */
  static final int LENGTH = 4;

  static final String VALID = "self.matches('^(0[.][1-9]|[1-9]([.][0-9])?|10)%$')";

  static final String MESSAGE =
      "overheadBudget must be a percentage of at least 0.1% and at most 10%, such as 1%";

  private OverheadBudget() {}

  /**
   * The share that a text of this notation stands for, such as 0.01.
   *
   * @throws NumberFormatException when it is none
   */
  public static double share(String text) {
    return Double.parseDouble(text.substring(0, Math.max(0, text.length() - 1))) / 100;
  }
}
