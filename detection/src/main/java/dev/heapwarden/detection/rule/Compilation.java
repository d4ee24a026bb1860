package dev.heapwarden.detection.rule;

import java.util.List;

/** Outcome of {@link RuleSet#compile}: all rules, or every mistake. */
public sealed interface Compilation {
  record Compiled(RuleSet rules) implements Compilation {}

  record Rejected(List<RuleError> errors) implements Compilation {
    public Rejected {
      errors = List.copyOf(errors);
    }
  }
}
