package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record MemorySnapshotStatus(
    @PrinterColumn(name = "Phase")
        @JsonPropertyDescription(
            "Completed: each kind is taken or refused with its reason, and at least one is taken.")
        Phase phase,
    @PrinterColumn(name = "Site")
        @JsonPropertyDescription(
            "The function that writes the fastest growing map, the application class whose"
                + " instances grow fastest, the holder of a Go heap that is large and gains, or"
                + " the function whose native blocks stay.")
        @Nullable String site,
    @JsonPropertyDescription("Why the snapshot failed as a whole.") @Nullable String message,
    @JsonPropertyDescription("Node whose agent carried it out.") @Nullable String node,
    @JsonPropertyDescription("ISO 8601.") @Nullable String startedAt,
    @JsonPropertyDescription("ISO 8601.") @Nullable String completedAt,
    @JsonPropertyDescription("One entry per kind that was asked for.") List<Artifact> artifacts,
    @JsonPropertyDescription(
            "Map instances written in the window, fastest growing first, those that are emptied as"
                + " they fill last, at most 20. Never keys or values.")
        List<MapReport> maps,
    @JsonPropertyDescription(
            "Classes whose instances grew in the window, fastest first, at most 20, and after those"
                + " at most 20 that tell of a cause: of the Java platform, or with finalizers.")
        List<ClassReport> classes,
    @JsonPropertyDescription(
            "Names of the variables of the process by which its runtime is set: GOGC,"
                + " JAVA_TOOL_OPTIONS, ... Absent where they could not be read.")
        @Nullable List<String> variables,
    @JsonPropertyDescription("What Flags found in a JVM.") @Nullable JvmReport jvm,
    @JsonPropertyDescription("What Flags found in a Go program.") @Nullable GoReport go,
    @JsonPropertyDescription("What InstanceSample found.") @Nullable InstanceReport instances,
    @JsonPropertyDescription(
            "Native blocks that were allocated in the first half of the window and were still there"
                + " at its end, by the function that allocated them, most bytes first, at most 20.")
        List<AllocationReport> allocations,
    @JsonPropertyDescription("What Goroutines found in the memory of a Go program.")
        @Nullable GoroutineReport goroutines,
    @JsonPropertyDescription(
            "Who holds the heap of a Go program, fastest growing first, then by their bytes, at"
                + " most 20. Never contents.")
        List<HolderReport> holders,
    @JsonPropertyDescription(
            "What the evidence says that is no leak and costs memory or time all the same, and what"
                + " to do about it, with its figures, or what CollectGarbage and TrimNativeHeap gave"
                + " back; at most 20 sentences.")
        List<String> advice) {
  /** Entries of {@link #classes} at most, without those that tell of a cause. */
  public static final int CLASSES_LIMIT = 20;

  /** The variables by which a program's runtime is set, that {@link #variables} may name. */
  public static final List<String> VARIABLES =
      List.of(
          "GODEBUG",
          "GOGC",
          "GOMEMLIMIT",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS");

  /** Entries of {@link #maps} at most. */
  public static final int MAPS_LIMIT = 20;

  /** Entries of {@link #holders} at most. */
  public static final int HOLDERS_LIMIT = 20;

  /** Entries of {@link #advice} at most. */
  public static final int ADVICE_LIMIT = 20;

  /** Entries of {@link #allocations} at most. */
  public static final int ALLOCATIONS_LIMIT = 20;

  public MemorySnapshotStatus {
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
    maps = maps == null ? List.of() : List.copyOf(maps);
    classes = classes == null ? List.of() : List.copyOf(classes);
    variables = variables == null ? null : List.copyOf(variables);
    allocations = allocations == null ? List.of() : List.copyOf(allocations);
    holders = holders == null ? List.of() : List.copyOf(holders);
    advice = advice == null ? List.of() : List.copyOf(advice);
  }

  /** The status of a snapshot that looked for no instances. */
  public MemorySnapshotStatus(
      Phase phase,
      @Nullable String site,
      @Nullable String message,
      @Nullable String node,
      @Nullable String startedAt,
      @Nullable String completedAt,
      List<Artifact> artifacts,
      List<MapReport> maps,
      List<ClassReport> classes,
      @Nullable List<String> variables,
      @Nullable JvmReport jvm) {
    this(
        phase,
        site,
        message,
        node,
        startedAt,
        completedAt,
        artifacts,
        maps,
        classes,
        variables,
        jvm,
        null,
        null,
        List.of(),
        null,
        List.of(),
        List.of());
  }

  /** The same with other artefacts. */
  public MemorySnapshotStatus ofArtifacts(List<Artifact> others) {
    return new MemorySnapshotStatus(
        phase,
        site,
        message,
        node,
        startedAt,
        completedAt,
        others,
        maps,
        classes,
        variables,
        jvm,
        go,
        instances,
        allocations,
        goroutines,
        holders,
        advice);
  }

  public enum Phase {
    @JsonProperty("Running")
    RUNNING,
    /** Every kind is taken or refused with its reason, and at least one is taken. */
    @JsonProperty("Completed")
    COMPLETED,
    @JsonProperty("Failed")
    FAILED
  }

  public record Artifact(
      @JsonPropertyDescription("Kind of the evidence.") SnapshotKind kind,
      @JsonPropertyDescription("Taken, Refused or Failed.") State state,
      @JsonPropertyDescription(
              "Why it was not taken, is no longer on the node, or is not in the object store yet.")
          @Nullable String reason,
      @JsonPropertyDescription("Size in bytes.") @Nullable Long size,
      @JsonPropertyDescription("SHA-256 in hex.") @Nullable String sha256,
      @JsonPropertyDescription(
              "Path on the node, until the snapshot is deleted; absent once the file had to make"
                  + " room.")
          @Nullable String path,
      @JsonPropertyDescription(
              "How long the target stood still for it, in milliseconds; 0 where nothing stops it.")
          @Nullable Long stallMillis,
      @JsonPropertyDescription("Who told what is known of a Go program: Pprof, or ProcessMemory.")
          @Nullable Source source,
      @JsonPropertyDescription(
              "True where its window was closed early, at its limit: there was so much to see.")
          @Nullable Boolean cut,
      @JsonPropertyDescription(
              "Events of its window that are in no figure, since there was no room for them: the"
                  + " figures are too low. Absent where all were counted.")
          @Nullable Long lost,
      @JsonPropertyDescription(
              "s3://BUCKET/KEY of its copy in the object store, which is whole; absent until it is"
                  + " there.")
          @Nullable String object) {
    /** Of what no window saw, or one that saw everything; without a copy. */
    public Artifact(
        SnapshotKind kind,
        State state,
        @Nullable String reason,
        @Nullable Long size,
        @Nullable String sha256,
        @Nullable String path,
        @Nullable Long stallMillis,
        @Nullable Source source) {
      this(kind, state, reason, size, sha256, path, stallMillis, source, null, null, null);
    }

    /** The same after its file had to go from the node. */
    public Artifact withoutFile(String why) {
      return located(why, null, object);
    }

    /** The same with a copy in the object store, also when its file went meanwhile. */
    public Artifact copied(String to) {
      return located(path == null ? reason : null, path, to);
    }

    /** The same while a copy could not be made. */
    public Artifact notCopied(String why) {
      return located(why, path, object);
    }

    private Artifact located(
        @Nullable String why, @Nullable String onNode, @Nullable String inStore) {
      return new Artifact(
          kind, state, why, size, sha256, onNode, stallMillis, source, cut, lost, inStore);
    }

    public enum Source {
      @JsonProperty("Pprof")
      PPROF,
      @JsonProperty("ProcessMemory")
      PROCESS_MEMORY
    }

    public enum State {
      @JsonProperty("Taken")
      TAKEN,
      @JsonProperty("Refused")
      REFUSED,
      @JsonProperty("Failed")
      FAILED
    }
  }

  public record ClassReport(
      @JsonPropertyDescription("Name as the JVM prints it.") String className,
      @JsonPropertyDescription("Instances at the end of the window.") long instances,
      @JsonPropertyDescription("Their own bytes, without what they refer to.") long bytes,
      @JsonPropertyDescription("Bytes per second that they gained in the window.")
          double bytesPerSecond,
      @JsonPropertyDescription("Instances per second that they gained in the window.")
          double instancesPerSecond,
      @JsonPropertyDescription(
              "Instances that nothing refers to any more and that wait for their finalizer; absent"
                  + " where none do, or where nobody asked.")
          @Nullable Long awaitingFinalizer,
      @JsonPropertyDescription("True for a class of the Java platform.") boolean platform) {}

  public record InstanceReport(
      @JsonPropertyDescription("Name of the class.") String className,
      @JsonPropertyDescription("Its instances in the whole heap, subclasses not counted.")
          long instances,
      @JsonPropertyDescription("How many of them were looked at.") int sampled,
      @JsonPropertyDescription("Who holds those, most instances first, at most 10.")
          List<Holder> holders) {
    /** Entries of {@link #holders} at most. */
    public static final int HOLDERS_LIMIT = 10;

    public InstanceReport {
      holders = holders == null ? List.of() : List.copyOf(holders);
    }

    public record Holder(
        @JsonPropertyDescription(
                "What keeps them, such as static Orders.CACHE (ConcurrentHashMap).")
            String root,
        @JsonPropertyDescription("The fields from there to the instances. Never what they hold.")
            List<String> chain,
        @JsonPropertyDescription("How many of the sample it holds.") int instances) {
      public Holder {
        chain = chain == null ? List.of() : List.copyOf(chain);
      }
    }
  }

  public record AllocationReport(
      @JsonPropertyDescription(
              "Function that allocates, else library and address in it, such as"
                  + " libshop.so+0x11a9; absent for code that is in no file.")
          @Nullable String site,
      @JsonPropertyDescription("malloc or mmap.") String how,
      @JsonPropertyDescription("Bytes that are left.") long bytes,
      @JsonPropertyDescription("Blocks that are left.") long blocks,
      @JsonPropertyDescription("Bytes per second of the first half of the window.")
          double bytesPerSecond,
      @JsonPropertyDescription("Callers of the largest part, innermost first, as far as known.")
          List<String> stack) {
    public AllocationReport {
      stack = stack == null ? List.of() : List.copyOf(stack);
    }
  }

  public record JvmReport(
      @JsonPropertyDescription("Version of the JDK, such as 25.0.3.") String version,
      @JsonPropertyDescription(
              "Whether the java launcher started it, which reads JDK_JAVA_OPTIONS.")
          boolean launcher,
      @JsonPropertyDescription("One entry per option of the order.") List<OptionReport> options) {
    public JvmReport {
      options = options == null ? List.of() : List.copyOf(options);
    }
  }

  public record GoReport(
      @JsonPropertyDescription("GOGC that the runtime goes by, in percent; -1 for off.")
          int gcPercent,
      @JsonPropertyDescription("GOMEMLIMIT that it goes by, in bytes; absent for none.")
          @Nullable Long memoryLimit) {}

  public record OptionReport(
      @JsonPropertyDescription("The option.") String option,
      @JsonPropertyDescription("Whether this JVM would start with it, and heed it.")
          boolean accepted,
      @JsonPropertyDescription("Why not.") @Nullable String reason,
      @JsonPropertyDescription("Whether this JVM runs with it already.") boolean inForce,
      @JsonPropertyDescription("What it runs with instead.") @Nullable String instead) {}
}
