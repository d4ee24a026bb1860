package dev.heapwarden.e2e.corpus;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.heapwarden.detection.sample.RuntimeKind;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One program with its truth.
 *
 * @param half by which detection is tuned, or which is reported
 * @param code what it does for a request, by its name in the sources
 * @param shape how requests come, such as {@code stair}
 * @param rate requests a second on average, of which a leak keeps 1 KiB each; {@code slow} has a
 *     thirtieth of them
 * @param leak class of the leak; null for a clean program
 * @param site function or class that a verdict shall name; null for a clean program
 * @param options of the JVM; null for other runtimes
 * @param restarts whether it ends by itself now and then, and is started again
 */
public record Program(
    String name,
    Half half,
    RuntimeKind runtime,
    String code,
    String shape,
    double rate,
    @JsonProperty("class") @Nullable String leak,
    @Nullable String site,
    @Nullable String options,
    Map<String, String> env,
    boolean restarts) {
  /** Absent fields come as null. */
  public Program {
    env = env == null ? Map.of() : Map.copyOf(env);
  }

  public boolean leaks() {
    return leak != null;
  }

  /** Bytes that the leak keeps per second, on average. */
  public double bytesPerSecond() {
    return rate * 1024 * (slow() ? 1.0 / 30 : 1);
  }

  /** Whether it takes hours to show. */
  boolean slow() {
    return shape.equals("slow");
  }

  Optional<String> jvmOptions() {
    return Optional.ofNullable(options);
  }

  /** Which programs a figure is about. */
  public enum Half {
    @JsonProperty("tuning")
    TUNING,
    @JsonProperty("reporting")
    REPORTING
  }
}
