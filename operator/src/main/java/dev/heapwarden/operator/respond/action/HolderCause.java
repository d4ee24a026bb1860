package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.MapCause;

/**
 * Why the variable that gains most of a Go heap does so, as far as its type tells: what is kept,
 * not who forgot it.
 */
final class HolderCause {
  private static final String MAP = "map[";

  /** Of the room that what is kept has: a map that grew has used twice as much. */
  private static final double LITTLE = 0.25;

  /** As Go's debugging information writes a map that JSON was decoded into. */
  private static final String JSON_OBJECT = "map[string]interface {}";

  private HolderCause() {}

  /** Unknown where the type is not known, or is one of the program's own. */
  static Cause of(HolderReport holder) {
    return switch (holder.kind()) {
      case VARIABLE -> ofVariable(holder);
      case TIMERS -> Cause.TIMER;
      case FINALIZERS -> Cause.FINALIZER_CYCLE;
      case GOROUTINES -> Cause.UNKNOWN;
    };
  }

  /** Such as {@code main.sessions (map[string]*main.session)}. */
  static String described(HolderReport holder) {
    return holder.type() == null
        ? holder.name()
        : "%s (%s)".formatted(holder.name(), holder.type());
  }

  private static Cause ofVariable(HolderReport holder) {
    var type = holder.type() == null ? "" : pointedTo(holder.type());
    if (type.equals("sync.Map")) {
      return Cause.SYNC_MAP;
    }
    if (type.equals("sync.Pool")) {
      return Cause.POOL_ITEM;
    }
    var kept = element(type);
    if (kept.isEmpty()) {
      return Cause.UNKNOWN;
    }
    if (holder.used() != null && holder.used() <= LITTLE) {
      return kept.startsWith(MAP) ? Cause.EMPTIED_MAP : Cause.SLICE_HEADER;
    }
    var cause = ofKept(kept);
    if (cause != Cause.UNKNOWN) {
      return cause;
    }
    if (type.startsWith(MAP)) {
      return MapCause.of(type, holder.name());
    }
    if (kept.equals(JSON_OBJECT)) {
      return Cause.JSON_KEPT;
    }
    return kept.startsWith(MAP) ? Cause.SLICE_OF_MAPS : Cause.UNKNOWN;
  }

  private static Cause ofKept(String type) {
    var kept = pointedTo(type);
    if (kept.startsWith("func(") || kept.startsWith("context.")) {
      return Cause.CLOSURE;
    }
    if (kept.equals("time.Timer") || kept.equals("time.Ticker")) {
      return Cause.TIMER;
    }
    return kept.startsWith("chan ") || kept.startsWith("<-chan ")
        ? Cause.CLOSED_CHANNEL
        : Cause.UNKNOWN;
  }

  private static String pointedTo(String type) {
    int stars = 0;
    while (stars < type.length() && type.charAt(stars) == '*') {
      stars++;
    }
    return type.substring(stars);
  }

  /**
   * Of what a slice, an array or a map consists: {@code *main.session} of {@code
   * map[[2]string]*main.session}; empty of another type.
   */
  private static String element(String type) {
    var rest = type.startsWith(MAP) ? type.substring(MAP.length() - 1) : type;
    if (!rest.startsWith("[")) {
      return "";
    }
    int open = 0;
    for (int at = 0; at < rest.length(); at++) {
      open += rest.charAt(at) == '[' ? 1 : rest.charAt(at) == ']' ? -1 : 0;
      if (open == 0) {
        return rest.substring(at + 1);
      }
    }
    return "";
  }
}
