package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.MemoryPolicy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every policy's rules, compiled once per generation. */
final class RuleBook {
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  PolicyRules of(MemoryPolicy policy) {
    var generation = policy.getMetadata().getGeneration();
    return entries
        .compute(
            policy.getMetadata().getUid(),
            (_, known) ->
                known != null && known.generation() == generation
                    ? known
                    : new Entry(generation, PolicyRules.compile(policy)))
        .rules();
  }

  void forget(String policyUid) {
    entries.remove(policyUid);
  }

  private record Entry(long generation, PolicyRules rules) {}
}
