package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.MapCause;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.respond.journal.Texts;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The class of a leak, as a snapshot names it.
 *
 * @param site function or class to look up
 * @param evidence one sentence with its figures; empty where the snapshot has no more than the site
 */
public record SnapshotCause(Cause cause, String site, String evidence) {
  private static final double LOSS_PER_SECOND = 0.001;

  /** Go's package, whose decoder writes maps by itself and by reflection. */
  private static final String JSON = "encoding/json.";

  /** The least part of all that grows, of what is the leak. */
  private static final double BULK = 1.0 / 3;

  /**
   * Empty where the snapshot names nothing. The first of these that holds: goroutines, where their
   * number grew; why instances of a JVM are kept ({@link ClassSigns}); the map that grows, the
   * class that grows, who holds a Go heap and gains ({@link HolderCause}), the function whose
   * native blocks stay; who alone holds as much of a Go heap as was gained.
   *
   * @param baseline what the samples named
   */
  public static Optional<SnapshotCause> of(Finding baseline, MemorySnapshotStatus status) {
    return goroutines(baseline.cause(), status)
        .or(() -> ClassSigns.in(status))
        .or(() -> ofSite(baseline, status))
        .or(() -> ofGain(baseline, status));
  }

  private static Optional<SnapshotCause> goroutines(
      String baselineCause, MemorySnapshotStatus status) {
    return baselineCause.equals(Names.camel(Cause.GOROUTINE_GROWTH))
        ? GoroutineLeak.in(status)
            .map(leak -> new SnapshotCause(Cause.GOROUTINE_GROWTH, leak.site(), leak.sentence()))
        : Optional.empty();
  }

  private static Optional<SnapshotCause> ofSite(Finding baseline, MemorySnapshotStatus status) {
    return Optional.ofNullable(status.site())
        .flatMap(
            site ->
                holder(status, site).filter(isTooSmall(baseline)).isEmpty()
                    ? Optional.of(site)
                    : ofLarge(baseline, status))
        .map(site -> new SnapshotCause(cause(status, site), site, growing(status, site)));
  }

  /** Who leads without what is in flight. */
  private static Optional<String> ofLarge(Finding baseline, MemorySnapshotStatus status) {
    return HolderReport.leading(
            status.holders().stream().filter(Predicate.not(isTooSmall(baseline))).toList())
        .map(HolderReport::name);
  }

  /** What is in flight comes and goes in a window, and is less than a leak has gained by now. */
  private static Predicate<HolderReport> isTooSmall(Finding baseline) {
    var gained = baseline.gainedBytes();
    return holder -> gained != null && holder.bytes() < gained / 2;
  }

  /** Nobody may gain in a window where a leak comes in bursts. */
  private static Optional<SnapshotCause> ofGain(Finding baseline, MemorySnapshotStatus status) {
    if (baseline.gainedBytes() == null || !baseline.cause().equals(Finding.UNKNOWN_CAUSE)) {
      return Optional.empty();
    }
    var large =
        status.holders().stream()
            .filter(holder -> holder.bytes() >= baseline.gainedBytes())
            .filter(SnapshotCause::keeps)
            .toList();
    return large.size() == 1
        ? Optional.of(large.getFirst()).map(SnapshotCause::ofHolder)
        : Optional.empty();
  }

  /** A few may go while they are looked at, and more come later. */
  private static boolean keeps(HolderReport holder) {
    var gained = holder.bytesPerSecond();
    return gained != null
        && gained >= -LOSS_PER_SECOND * holder.bytes()
        && !holder.name().startsWith("runtime.");
  }

  private static SnapshotCause ofHolder(HolderReport holder) {
    return new SnapshotCause(
        HolderCause.of(holder),
        holder.name(),
        String.format(
            Locale.ROOT,
            "only %s holds as much as was gained: %s (%.0f %% of the heap)",
            HolderCause.described(holder),
            Texts.bytes((double) holder.bytes()),
            100 * holder.share()));
  }

  private static Optional<HolderReport> holder(MemorySnapshotStatus status, String site) {
    return status.holders().stream().filter(held -> held.name().equals(site)).findFirst();
  }

  private static Cause cause(MemorySnapshotStatus status, String site) {
    if (status.classes().stream().anyMatch(found -> found.className().equals(site))) {
      return Cause.CLASS_GROWTH;
    }
    var holder = holder(status, site);
    if (holder.isPresent()) {
      return HolderCause.of(holder.get());
    }
    return status.allocations().stream().anyMatch(found -> site.equals(found.site()))
        ? Cause.NATIVE_GROWTH
        : ofMap(status, site);
  }

  private static Cause ofMap(MemorySnapshotStatus status, String site) {
    var map = grown(status, site);
    var cause = MapCause.of(map.map(MapReport::type).orElse(""), site);
    return cause == Cause.MAP_GROWTH && map.filter(kept -> isJson(status, kept)).isPresent()
        ? Cause.JSON_KEPT
        : cause;
  }

  /** The one that this function makes grow most; empty where it is not known. */
  private static Optional<MapReport> grown(MemorySnapshotStatus status, String site) {
    return status.maps().stream()
        .filter(map -> map.entriesPerSecond() > 0)
        .filter(map -> map.sites().stream().anyMatch(by -> by.function().equals(site)))
        .findFirst();
  }

  /**
   * Whether it is decoded into, is a third or more of what grows, and is kept: one that holds more
   * than was written in the window is older than that, as no map of one request is.
   */
  private static boolean isJson(MemorySnapshotStatus status, MapReport map) {
    double all =
        status.maps().stream()
            .filter(other -> !other.steady())
            .mapToDouble(other -> Math.max(0, other.entriesPerSecond()))
            .sum();
    return map.entriesPerSecond() >= BULK * all
        && map.entries() > map.sites().stream().mapToLong(MapReport.Site::writes).sum()
        && map.sites().stream().limit(1).anyMatch(SnapshotCause::decodes);
  }

  private static boolean decodes(MapReport.Site site) {
    return Stream.concat(Stream.of(site.function()), site.callers().stream())
        .anyMatch(call -> call.startsWith(JSON));
  }

  /** Such as {@code map[string]*main.session at main.handle (main.go:69) gains 75.0 entries/s}. */
  private static String growing(MemorySnapshotStatus status, String site) {
    return status.maps().stream()
        .filter(map -> map.entriesPerSecond() > 0)
        .flatMap(
            map ->
                map.sites().stream()
                    .filter(by -> by.function().equals(site))
                    .map(by -> sentence(map, by)))
        .findFirst()
        .orElse("");
  }

  private static String sentence(MapReport map, MapReport.Site site) {
    return String.format(
        Locale.ROOT,
        "%s at %s%s gains %.1f entries/s",
        map.type() == null ? "a map" : map.type(),
        site.function(),
        site.location() == null ? "" : " (" + site.location() + ")",
        map.entriesPerSecond());
  }
}
