package dev.heapwarden.probes.jvm;

import dev.heapwarden.crds.policy.JvmOptions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a running JVM runs with an option, whoever set it.
 *
 * @param jvm as it runs now
 */
public record OptionInForce(JvmFlags jvm) {
  /** Sizes that the JVM rounds up: to whole regions of G1, to 2 MiB of ZGC, to less elsewhere. */
  private static final Set<String> ROUNDED =
      Set.of("MaxHeapSize", "SoftMaxHeapSize", "MaxMetaspaceSize");

  private static final double GRANULE = 2 << 20;

  /** What it runs with instead; empty when the option is in force. */
  public Optional<String> instead(String text) {
    if (!JvmOptions.isAllowed(text)) {
      return Optional.of("off the allow-list");
    }
    var option = JvmOption.of(text);
    return option.flag().equals(JvmOption.LOGGING) ? logging(option) : flag(option);
  }

  private Optional<String> flag(JvmOption option) {
    var flag = jvm.flag(option.flag());
    if (flag.isEmpty()) {
      return Optional.of("JDK %s has no such flag".formatted(jvm.version()));
    }
    return is(option, flag.get())
        ? Optional.empty()
        : Optional.of(
            "%s=%s (%s)".formatted(option.flag(), flag.get().value(), flag.get().origin()));
  }

  private boolean is(JvmOption option, JvmFlags.Flag flag) {
    if (option.number().isEmpty()) {
      return option.value().equals(flag.value());
    }
    double more = jvm.number(option.flag()).orElse(Double.NaN) - option.number().get();
    double unit = Math.max(GRANULE, jvm.number("G1HeapRegionSize").orElse(0.0));
    return ROUNDED.contains(option.flag()) ? more >= 0 && more < unit : more == 0;
  }

  /** The JVM prints tags in an order of its own. */
  private Optional<String> logging(JvmOption option) {
    var asked = LogSelection.of(option.value().split(":", 2)[0]);
    return asked.isIn(Stream.of(jvm.logged().split(",")).map(LogSelection::of).toList())
        ? Optional.empty()
        : Optional.of("it logs %s to standard output".formatted(jvm.logged()));
  }
}
