package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who holds a part of the heap of a Go program. */
public record HolderReport(
    @JsonPropertyDescription(
            "Variable; Goroutines for what lies on their stacks; Timers for those that are pending;"
                + " Finalizers for what nothing else holds than finalizers that did not run.")
        Kind kind,
    @JsonPropertyDescription(
            "The global variable, such as main.sessions; the function that the goroutines began"
                + " with; or timers, finalizers.")
        String name,
    @JsonPropertyDescription(
            "The variable's type, such as map[string]*main.session; absent where the program was"
                + " linked without debugging information.")
        @Nullable String type,
    @JsonPropertyDescription(
            "Bytes of the objects that it holds. What several hold is the nearest one's; the"
                + " program's variables come first, then goroutines, then the standard library.")
        long bytes,
    @JsonPropertyDescription("Share of all bytes that somebody holds, from 0 to 1.") double share,
    @JsonPropertyDescription("How many objects.") long objects,
    @JsonPropertyDescription(
            "Bytes per second that it gained since an earlier look of the last hour, else in the"
                + " window; negative when it lost some, absent where not the whole heap was"
                + " followed.")
        @Nullable Double bytesPerSecond,
    @JsonPropertyDescription(
            "Steps to the object that is farthest from it: of a linked list, its length.")
        int depth,
    @JsonPropertyDescription(
            "Share of what its elements have room for that is in use, from 0 to 1, by a sample: of a"
                + " slice of strings or slices by the objects that they lie in, of a slice of maps by"
                + " their tables. Absent of other types.")
        @Nullable Double used,
    @JsonPropertyDescription("The commonest sizes of its objects, at most 3.") List<Size> sizes) {
  /** Less may be chance. */
  private static final double LEAST_BYTES_PER_SECOND = 1024;

  /** Of all that holders gain, at least: less is what comes and goes with the requests. */
  private static final double GAINING = 0.05;

  /** Of the heap, at least, that the largest of those that gain holds. */
  private static final double LARGE = 0.33;

  /** Of all that holders gain, at least, where none of those is as large. */
  private static final double LEADING = 0.5;

  public HolderReport {
    sizes = sizes == null ? List.of() : List.copyOf(sizes);
  }

  /** The same with the type of the variable. */
  public HolderReport ofType(@Nullable String known) {
    return new HolderReport(
        kind, name, known, bytes, share, objects, bytesPerSecond, depth, used, sizes);
  }

  /** The same with the share of its elements' room that is in use. */
  public HolderReport using(@Nullable Double share) {
    return new HolderReport(
        kind, name, type, bytes, this.share, objects, bytesPerSecond, depth, share, sizes);
  }

  /**
   * The largest that gains, where it holds a third of the heap or more: in a short window what is
   * in flight may well gain more, and lose it again. Else the one that gains the larger part of all
   * that holders gain. None where that is none, or the runtime.
   */
  public static Optional<HolderReport> leading(List<HolderReport> holders) {
    double all = holders.stream().mapToDouble(HolderReport::gained).sum();
    var gaining =
        holders.stream()
            .filter(holder -> holder.gained() >= Math.max(LEAST_BYTES_PER_SECOND, GAINING * all))
            .filter(holder -> !holder.name().startsWith("runtime."))
            .toList();
    return gaining.stream()
        .max(Comparator.comparingLong(HolderReport::bytes))
        .filter(holder -> holder.share() >= LARGE)
        .or(() -> gaining.stream().filter(holder -> holder.gained() >= LEADING * all).findFirst());
  }

  private double gained() {
    return bytesPerSecond == null ? 0 : Math.max(0, bytesPerSecond);
  }

  public enum Kind {
    @JsonProperty("Variable")
    VARIABLE,
    @JsonProperty("Goroutines")
    GOROUTINES,
    @JsonProperty("Timers")
    TIMERS,
    @JsonProperty("Finalizers")
    FINALIZERS
  }

  public record Size(
      @JsonPropertyDescription("Size of an object, in bytes.") long bytes,
      @JsonPropertyDescription("How many have it.") long objects) {}
}
