package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The change of one pod's limit, as a fact of its step.
 *
 * @param pod its name
 * @param from the limit before
 */
record Resizing(String pod, String uid, Quantity from, Quantity to) {
  private static final String FACT = "pod/";
  private static final long MIB = 1L << 20;

  /** The new limit in whole MiB: a percentage of the present one, and never above the policy's. */
  static Quantity target(Quantity limit, Resize resize) {
    long raised = Math.multiplyExact(bytes(limit), resize.memoryPercent()) / 100;
    long bounded = Math.min(raised, bytes(Quantity.parse(resize.max())));
    return new Quantity(Long.toString(bounded / MIB), "Mi");
  }

  static long bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity).longValue();
  }

  /** What a step intends, in the order of the pods' names. */
  static List<Resizing> of(Step step) {
    var resizings = new ArrayList<Resizing>();
    Steps.facts(step)
        .forEach(
            (key, fact) -> {
              if (key.startsWith(FACT)) {
                var words = fact.split(" ", 3);
                resizings.add(
                    new Resizing(
                        key.substring(FACT.length()),
                        words[0],
                        Quantity.parse(words[1]),
                        Quantity.parse(words[2])));
              }
            });
    resizings.sort(java.util.Comparator.comparing(Resizing::pod));
    return resizings;
  }

  String key() {
    return FACT + pod;
  }

  String fact() {
    return String.format(Locale.ROOT, "%s %s %s", uid, from, to);
  }

  boolean isTo(Quantity limit) {
    return bytes(limit) == bytes(to);
  }

  boolean isFrom(Quantity limit) {
    return bytes(limit) == bytes(from);
  }
}
