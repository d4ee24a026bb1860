package dev.heapwarden.operator.evaluate;

import java.time.Instant;
import java.util.List;

/**
 * What became of the health snapshots of a policy that were due.
 *
 * @param problems what could not be ordered or deleted, and why; empty when all went well
 */
public record HealthOrder(Instant due, List<String> problems) {
  public HealthOrder {
    problems = List.copyOf(problems);
  }
}
