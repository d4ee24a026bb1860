package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.policy.GoSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The environment variables that the Go runtime reads when it starts. */
final class GoEnvironment {
  private GoEnvironment() {}

  /**
   * GOMEMLIMIT in bytes, GOGC in percent, GODEBUG as key=value,key=value. A container without a
   * memory limit gets no GOMEMLIMIT.
   */
  static NavigableMap<String, String> of(GoSettings settings, OptionalLong memoryLimit) {
    var environment = new TreeMap<String, String>();
    Integer percent = settings.memoryLimitPercent();
    if (percent != null && memoryLimit.isPresent()) {
      environment.put(
          "GOMEMLIMIT", Long.toString(Math.multiplyExact(memoryLimit.getAsLong(), percent) / 100));
    }
    Integer gcPercent = settings.gcPercent();
    if (gcPercent != null) {
      environment.put("GOGC", gcPercent.toString());
    }
    Map<String, String> debug = settings.debug();
    if (debug != null && !debug.isEmpty()) {
      var options = new TreeMap<>(debug);
      environment.put(
          "GODEBUG",
          String.join(
              ",", options.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList()));
    }
    return environment;
  }

  /** The container's memory limit in bytes. */
  static OptionalLong memoryLimit(Container container) {
    var resources = container.getResources();
    if (resources == null || resources.getLimits() == null) {
      return OptionalLong.empty();
    }
    var limit = resources.getLimits().get("memory");
    return limit == null
        ? OptionalLong.empty()
        : OptionalLong.of(Quantity.getAmountInBytes(limit).longValue());
  }
}
