package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A map of a Go program that was written in a window. */
public record MapReport(
    @JsonPropertyDescription("Address of the map instance, hex.") String instance,
    @JsonPropertyDescription("Its type, such as map[string]*main.session; absent when unknown.")
        @Nullable String type,
    @JsonPropertyDescription(
            "Type of its keys, where the policy calls that suspicious: such keys never come again,"
                + " so that somebody has to delete them.")
        @Nullable String suspiciousKey,
    @JsonPropertyDescription("Live entries at its last write in the window.") long entries,
    @JsonPropertyDescription(
            "Growth in entries per second over the window; negative when it shrinks.")
        double entriesPerSecond,
    @JsonPropertyDescription("Writes per second.") double writesPerSecond,
    @JsonPropertyDescription("Deletes of one key per second.") double deletesPerSecond,
    @JsonPropertyDescription("How often it was cleared as a whole in the window.") long clears,
    @JsonPropertyDescription(
            "True where nine deletes or more came to ten writes and it gained no more than the"
                + " tenth, or it was cleared: it is emptied as it fills.")
        boolean steady,
    @JsonPropertyDescription("Functions that write it, most writes first, at most 5.")
        List<Site> sites) {
  /** Deletes that come to a write at least where a map is emptied as it fills. */
  private static final double MADE_UP_FOR = 0.9;

  public MapReport {
    sites = sites == null ? List.of() : List.copyOf(sites);
  }

  /** Of which nothing was deleted. */
  public MapReport(
      String instance,
      @Nullable String type,
      long entries,
      double entriesPerSecond,
      double writesPerSecond,
      List<Site> sites) {
    this(instance, type, entries, entriesPerSecond, writesPerSecond, 0, 0, sites);
  }

  /** Of which as much was deleted. */
  public MapReport(
      String instance,
      @Nullable String type,
      long entries,
      double entriesPerSecond,
      double writesPerSecond,
      double deletesPerSecond,
      long clears,
      List<Site> sites) {
    this(
        instance,
        type,
        null,
        entries,
        entriesPerSecond,
        writesPerSecond,
        deletesPerSecond,
        clears,
        clears > 0
            || (deletesPerSecond > 0
                && deletesPerSecond >= MADE_UP_FOR * writesPerSecond
                && entriesPerSecond <= (1 - MADE_UP_FOR) * writesPerSecond),
        sites);
  }

  /** The same, with its keys marked where their type is one of those. */
  public MapReport marking(List<String> suspicious) {
    var key = type == null ? null : keys(type);
    return key == null || !suspicious.contains(key)
        ? this
        : new MapReport(
            instance,
            type,
            key,
            entries,
            entriesPerSecond,
            writesPerSecond,
            deletesPerSecond,
            clears,
            steady,
            sites);
  }

  /**
   * The type of a map's keys, such as {@code [2]*main.session} of {@code map[[2]*main.session]int};
   * null where it is no type of a map.
   */
  private static @Nullable String keys(String type) {
    var start = "map[";
    if (!type.startsWith(start)) {
      return null;
    }
    int open = 1;
    for (int at = start.length(); at < type.length(); at++) {
      char letter = type.charAt(at);
      open += letter == '[' ? 1 : letter == ']' ? -1 : 0;
      if (open == 0) {
        return type.substring(start.length(), at);
      }
    }
    return null;
  }

  public record Site(
      @JsonPropertyDescription("Function, such as main.handle.") String function,
      @JsonPropertyDescription("File and line, such as main.go:42; absent when unknown.")
          @Nullable String location,
      @JsonPropertyDescription("Its writes in the window.") long writes,
      @JsonPropertyDescription(
              "Who called it in most of them, innermost first, such as main.serve (server.go:17), at"
                  + " most 5; as far as known.")
          List<String> callers) {
    /** Entries of {@link #callers} at most. */
    public static final int CALLERS_LIMIT = 5;

    public Site {
      callers = callers == null ? List.of() : List.copyOf(callers);
    }
  }
}
