package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the agent holds of one Go executable.
 *
 * @param version text of .go.buildinfo, such as go1.26.8
 * @param functions where those of {@link #LOOKED_FOR} are that it has
 * @param symbols whether it has a symbol table: its functions are then found by name, else by their
 *     place in the file
 * @param positionIndependent whether addresses move when it is loaded
 * @param firstLoadAddress address of its first loadable segment, before relocation
 * @param table names its functions; empty where {@code refusal} says why not
 * @param architecture empty where it is not known
 * @param refusal why its collector and maps cannot be watched; empty when they can
 */
public record GoBinary(
    String version,
    Map<String, Place> functions,
    boolean symbols,
    boolean positionIndependent,
    long firstLoadAddress,
    Optional<FunctionTable> table,
    Optional<Architecture> architecture,
    Optional<String> refusal) {
  public GoBinary {
    functions = Map.copyOf(functions);
  }

  /**
   * Where a function begins.
   *
   * @param address before relocation
   * @param offset in the file
   * @param toFrame bytes from there to where it pushes the frame pointer; 0 when it does not, or it
   *     is not known where
   */
  public record Place(long address, long offset, int toFrame) {
    /** Offset in the file of the instruction to put a probe on. */
    public long probed() {
      return offset + toFrame;
    }
  }

  /**
   * {@code func (c *gcControllerState) resetLive(bytesMarked uint64)}, src/runtime/mgcpacer.go:
   * called once at the end of every mark phase.
   */
  public static final String GC = "runtime.(*gcControllerState).resetLive";

  /**
   * {@code func stopTheWorldWithSema(reason stwReason)}, src/runtime/proc.go: called twice in a
   * collection, and for few other reasons.
   */
  public static final String STOP_WORLD = "runtime.stopTheWorldWithSema";

  /** {@code stwGCMarkTerm} of src/runtime/proc.go (Go 1.21 to 1.27). */
  public static final int FOR_MARK_TERMINATION = 1;

  /** {@code func startTheWorldWithSema}, src/runtime/proc.go: called as often. */
  public static final String START_WORLD = "runtime.startTheWorldWithSema";

  /** {@code func hashGrow(t *maptype, h *hmap)}, src/runtime/map.go up to Go 1.23. */
  public static final String GROW_BUCKETS = "runtime.hashGrow";

  /**
   * {@code func (t *table) rehash(typ, m *Map)}, src/internal/runtime/maps/table.go since Go 1.24:
   * the one way into grow and split.
   */
  public static final String GROW_SWISS = "internal/runtime/maps.(*table).rehash";

  /**
   * {@code func (t *table) split(typ, m *Map)}, same file: what rehash comes to where a table has
   * grown to maxTableCapacity, 1,024 slots. Smaller maps never come here.
   */
  public static final String SPLIT_SWISS = "internal/runtime/maps.(*table).split";

  /** A table of 1,024 slots is full at 7 of 8; maxAvgGroupLoad, same file. */
  public static final int SPLIT_AT = 896;

  /** Every function that assigns to a map; src/runtime/map*.go, linknamed since Go 1.24. */
  public static final Set<String> ASSIGN =
      Set.of(
          "runtime.mapassign",
          "runtime.mapassign_fast32",
          "runtime.mapassign_fast32ptr",
          "runtime.mapassign_fast64",
          "runtime.mapassign_fast64ptr",
          "runtime.mapassign_faststr");

  /** Every function that deletes a key from one; the same files. */
  public static final Set<String> DELETE =
      Set.of(
          "runtime.mapdelete",
          "runtime.mapdelete_fast32",
          "runtime.mapdelete_fast64",
          "runtime.mapdelete_faststr");

  /** {@code func mapclear(t, m)}: clear(m), and a loop that deletes all. */
  public static final String CLEAR = "runtime.mapclear";

  private static final String TEXT = "runtime.text";

  static final Set<String> LOOKED_FOR =
      Stream.of(
              ASSIGN,
              DELETE,
              Set.of(GC, STOP_WORLD, START_WORLD, GROW_BUCKETS, GROW_SWISS, SPLIT_SWISS),
              Set.of(CLEAR, TEXT))
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /** Magic of .go.buildinfo; src/debug/buildinfo/buildinfo.go. */
  private static final byte[] BUILD_INFO =
      "\u00ff Go buildinf:".getBytes(StandardCharsets.ISO_8859_1);

  /** Flag of the layout since Go 1.18: the version follows at offset 32, after its length. */
  private static final int INLINE_STRINGS = 2;

  /**
   * Reads an executable.
   *
   * @return empty when it is no Go program
   * @throws BinaryFormatException when it is no ELF64 file or its headers contradict themselves
   */
  public static Optional<GoBinary> read(Path executable) throws IOException {
    try (var elf = ElfFile.open(executable)) {
      var version = version(elf);
      return version.isEmpty() ? Optional.empty() : Optional.of(read(elf, version.get()));
    }
  }

  private static GoBinary read(ElfFile elf, String version) throws IOException {
    var release = GoVersion.parse(version).filter(GoVersion::supported);
    if (release.isEmpty()) {
      return refused(
          elf,
          version,
          "unsupported Go version %s: 1.%d to 1.%d are known"
              .formatted(version, GoVersion.OLDEST_MINOR, GoVersion.NEWEST_MINOR));
    }
    var architecture = Architecture.of(elf.machine());
    if (architecture.isEmpty()) {
      return refused(elf, version, "neither amd64 nor arm64");
    }
    try {
      boolean symbols = elf.section(".symtab").isPresent();
      var named = SymbolTable.functions(elf, LOOKED_FOR);
      var table = FunctionTable.read(elf, release.get(), Optional.ofNullable(named.get(TEXT)));
      return new GoBinary(
          version,
          symbols ? placesOf(elf, named) : unnamed(elf, table.addresses(elf, LOOKED_FOR)),
          symbols,
          elf.positionIndependent(),
          elf.firstLoadAddress(),
          Optional.of(table),
          architecture,
          Optional.empty());
    } catch (BinaryFormatException malformed) {
      return refused(elf, version, String.valueOf(malformed.getMessage()));
    }
  }

  private static GoBinary refused(ElfFile elf, String version, String reason) {
    return new GoBinary(
        version,
        Map.of(),
        false,
        elf.positionIndependent(),
        elf.firstLoadAddress(),
        Optional.empty(),
        Architecture.of(elf.machine()),
        Optional.of(reason));
  }

  private static Map<String, Place> placesOf(ElfFile elf, Map<String, Long> addresses)
      throws IOException {
    var places = new HashMap<String, Place>();
    for (var function : addresses.entrySet()) {
      var offset = elf.offsetOf(function.getValue());
      if (offset.isPresent()) {
        places.put(
            function.getKey(),
            new Place(function.getValue(), offset.getAsLong(), toFrame(elf, offset.getAsLong())));
      }
    }
    return places;
  }

  private static int toFrame(ElfFile elf, long offset) throws IOException {
    return Architecture.of(elf.machine()).equals(Optional.of(Architecture.AMD64))
        ? Prologue.toFrame(elf.bytesUpTo(offset, Prologue.LONGEST))
        : 0;
  }

  /**
   * Places that bpftrace takes as they are. A number that lies within a function that it finds a
   * symbol for it would take for an address (resolve_offset_uprobe in 0.23's
   * src/attached_probe.cpp), and trap the middle of an instruction.
   */
  private static Map<String, Place> unnamed(ElfFile elf, Map<String, Long> addresses)
      throws IOException {
    if (elf.section(".gnu_debugdata").isPresent()) {
      throw new BinaryFormatException("its symbol table is compressed");
    }
    var places = placesOf(elf, addresses);
    var taken =
        SymbolTable.coveredByDynamic(
            elf, places.values().stream().map(Place::probed).collect(Collectors.toSet()));
    places.values().removeIf(place -> taken.contains(place.probed()));
    return places;
  }

  /** The function to watch for growing maps. */
  public String growth() {
    return swissMaps() ? GROW_SWISS : GROW_BUCKETS;
  }

  /** The function to watch for large maps alone; empty where there is none of its own. */
  public Optional<String> growthOfLarge() {
    return swissMaps() && missing(SPLIT_SWISS).isEmpty()
        ? Optional.of(SPLIT_SWISS)
        : Optional.empty();
  }

  /** Whether maps are internal/runtime/maps.Map rather than runtime.hmap. */
  public boolean swissMaps() {
    return GoVersion.parse(version).map(GoVersion::swissMaps).orElse(false);
  }

  /** Why a function cannot be probed; empty when it can. */
  public Optional<String> missing(String function) {
    return functions.containsKey(function)
        ? Optional.empty()
        : Optional.of(
            "its table of %s has no %s".formatted(symbols ? "symbols" : "functions", function));
  }

  private static Optional<String> version(ElfFile elf) throws IOException {
    var section = elf.section(".go.buildinfo");
    if (section.isEmpty() || section.get().size() < 33) {
      return Optional.empty();
    }
    var head = elf.bytes(section.get().offset(), 33);
    if (!Arrays.equals(head, 0, BUILD_INFO.length, BUILD_INFO, 0, BUILD_INFO.length)
        || (head[15] & INLINE_STRINGS) == 0) {
      return Optional.empty();
    }
    // A version is shorter than 128 bytes, so its varint length is this one byte.
    int length = head[32];
    if (length <= 0 || length > section.get().size() - 33) {
      throw new BinaryFormatException("the Go version of .go.buildinfo lies outside it");
    }
    var bytes = elf.bytes(section.get().offset() + 33, length);
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }
}
