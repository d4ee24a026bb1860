package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

@ValidationRule(
    value = Observe.MALFORMED + "|| duration(self.interval) <= duration(self.window)",
    message = "interval must not be longer than window")
@ValidationRule(
    value = Observe.MALFORMED + "|| duration(self.slide) <= duration(self.window)",
    message = "slide must not be longer than window")
@ValidationRule(
    value = Observe.MALFORMED + "|| duration(self.window) <= duration(self.trendHorizon)",
    message = "window must not be longer than trendHorizon")
public record Observe(
    @Default(Observe.INTERVAL)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value = Durations.VALID + " && duration(self) >= duration('1s')",
            message = "interval must be a duration of at least 1s, such as 5m")
        @JsonPropertyDescription("Time between two readings of a container's cgroup, such as 15s.")
        String interval,
    @Default(Observe.WINDOW)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value = Durations.VALID + " && duration(self) >= duration('10s')",
            message = "window must be a duration of at least 10s, such as 5m")
        @JsonPropertyDescription(
            "Length of the sliding window over which rates are computed, such as 5m.")
        String window,
    @Default(Observe.SLIDE)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value = Durations.VALID + " && duration(self) >= duration('1s')",
            message = "slide must be a duration of at least 1s, such as 5m")
        @JsonPropertyDescription("Time between two evaluations, such as 1m; at most the window.")
        String slide,
    @Default(Observe.TREND_HORIZON)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value =
                Durations.VALID
                    + " && duration(self) >= duration('10s') && duration(self) <= duration('24h')",
            message = "trendHorizon must be a duration between 10s and 24h, such as 6h")
        @JsonPropertyDescription("How far back trends look, such as 6h; at most 24h.")
        String trendHorizon,
    @Default(Observe.WARM_UP)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value = Durations.VALID + " && duration(self) >= duration('1s')",
            message = "warmUp must be a duration of at least 1s, such as 5m")
        @JsonPropertyDescription(
            "Age of a container before which nothing is said about it, such as 5m.")
        String warmUp,
    @JsonPropertyDescription(
            "Where Go programs offer net/http/pprof. Only ever dialled on the pod's own address.")
        @Nullable Pprof pprof,
    @JsonPropertyDescription(
            "Where the program offers metrics in Prometheus' text format. Asked every interval, and"
                + " not oftener than every 15s, by plain HTTP, without credentials, and only on the"
                + " pod's own address; no redirect is followed. Default: not asked.")
        @Nullable Metrics metrics,
    @JsonPropertyDescription(
            "Where Go programs offer expvar, with its memstats. Asked as metrics are. Default: not"
                + " asked.")
        @Nullable Expvar expvar,
    @JsonPropertyDescription(
            "Evidence of healthy pods at set times, to compare a leak with. Default: none is"
                + " taken.")
        @Nullable HealthSnapshots healthSnapshots,
    @Default(OverheadBudget.DEFAULT)
        @Size(max = OverheadBudget.LENGTH)
        @ValidationRule(value = OverheadBudget.VALID, message = OverheadBudget.MESSAGE)
        @JsonPropertyDescription(
            "What watching may cost a container, of the larger of its CPU time and 10 millicores,"
                + " such as 1%. Above it probes are narrowed or left out, and tried again later.")
        String overheadBudget,
    @Size(max = KeyTypes.COUNT)
        @JsonPropertyDescription(
            "Types of Go that no map should have as keys for long, as Go writes them: MapGrowth"
                + " marks a map that has. Default: *http.Request, context.Context, net.Conn,"
                + " *sql.Tx, time.Time and others that never come again.")
        @Nullable List<@Size(max = KeyTypes.LENGTH) String> suspiciousKeyTypes) {
  /** What is malformed has its own message: the rules that compare stay silent about it. */
  static final String MALFORMED =
      "[self.interval, self.window, self.slide, self.trendHorizon].exists(d, !d.matches('"
          + Durations.PATTERN
          + "')) ";

  public static final String INTERVAL = "15s";
  public static final String WINDOW = "5m";
  public static final String SLIDE = "1m";
  public static final String TREND_HORIZON = "6h";
  public static final String WARM_UP = "5m";

  public Observe {
    interval = interval == null ? INTERVAL : interval;
    window = window == null ? WINDOW : window;
    slide = slide == null ? SLIDE : slide;
    trendHorizon = trendHorizon == null ? TREND_HORIZON : trendHorizon;
    warmUp = warmUp == null ? WARM_UP : warmUp;
    overheadBudget = overheadBudget == null ? OverheadBudget.DEFAULT : overheadBudget;
    suspiciousKeyTypes = suspiciousKeyTypes == null ? null : List.copyOf(suspiciousKeyTypes);
  }

  public static Observe defaults() {
    return new Observe(
        INTERVAL,
        WINDOW,
        SLIDE,
        TREND_HORIZON,
        WARM_UP,
        null,
        null,
        null,
        null,
        OverheadBudget.DEFAULT,
        null);
  }
}
