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
 * @param amd64 whether it is x86-64 code
 * @param functions addresses, before relocation, of those of {@link #LOOKED_FOR} that .symtab has;
 *     empty when it was stripped
 * @param frames of those that push a frame pointer after their stack check, the bytes from their
 *     start to there
 * @param positionIndependent whether addresses move when it is loaded
 * @param firstLoadAddress address of its first loadable segment, before relocation
 * @param table names its functions
 */
public record GoBinary(
    String version,
    boolean amd64,
    Map<String, Long> functions,
    Map<String, Integer> frames,
    boolean positionIndependent,
    long firstLoadAddress,
    FunctionTable table) {

  /**
   * {@code func (c *gcControllerState) resetLive(bytesMarked uint64)}, src/runtime/mgcpacer.go:
   * called once at the end of every mark phase.
   */
  public static final String GC = "runtime.(*gcControllerState).resetLive";

  /** {@code func hashGrow(t *maptype, h *hmap)}, src/runtime/map.go up to Go 1.23. */
  public static final String GROW_BUCKETS = "runtime.hashGrow";

  /**
   * {@code func (t *table) rehash(typ, m *Map)}, src/internal/runtime/maps/table.go since Go 1.24:
   * the one way into grow and split.
   */
  public static final String GROW_SWISS = "internal/runtime/maps.(*table).rehash";

  /** Every function that assigns to a map; src/runtime/map*.go, linknamed since Go 1.24. */
  public static final Set<String> ASSIGN =
      Set.of(
          "runtime.mapassign",
          "runtime.mapassign_fast32",
          "runtime.mapassign_fast32ptr",
          "runtime.mapassign_fast64",
          "runtime.mapassign_fast64ptr",
          "runtime.mapassign_faststr");

  private static final String TEXT = "runtime.text";

  static final Set<String> LOOKED_FOR =
      Stream.concat(ASSIGN.stream(), Stream.of(GC, GROW_BUCKETS, GROW_SWISS, TEXT))
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
   * @throws BinaryFormatException when it is no ELF64 file or contradicts itself
   */
  public static Optional<GoBinary> read(Path executable) throws IOException {
    try (var elf = ElfFile.open(executable)) {
      var version = version(elf);
      if (version.isEmpty()) {
        return Optional.empty();
      }
      var functions = SymbolTable.functions(elf, LOOKED_FOR);
      return Optional.of(
          new GoBinary(
              version.get(),
              elf.machine() == ElfFile.EM_X86_64,
              functions,
              frames(elf, functions),
              elf.positionIndependent(),
              elf.firstLoadAddress(),
              FunctionTable.read(elf, Optional.ofNullable(functions.get(TEXT)))));
    }
  }

  /**
   * Bytes from a function's start to where it pushes the frame pointer; 0 when it does not, or where
   * is not known.
   */
  public int toFrame(String function) {
    return frames.getOrDefault(function, 0);
  }

  private static Map<String, Integer> frames(ElfFile elf, Map<String, Long> functions)
      throws IOException {
    var text = elf.section(".text");
    if (text.isEmpty() || elf.machine() != ElfFile.EM_X86_64) {
      return Map.of();
    }
    var frames = new HashMap<String, Integer>();
    for (var function : functions.entrySet()) {
      long offset = function.getValue() - text.get().address();
      if (offset >= 0 && offset <= text.get().size() - Prologue.LONGEST) {
        int frame =
            Prologue.toFrame(elf.bytes(text.get().offset() + offset, Prologue.LONGEST));
        if (frame > 0) {
          frames.put(function.getKey(), frame);
        }
      }
    }
    return Map.copyOf(frames);
  }

  /** The function to watch for growing maps. */
  public String growth() {
    return GoVersion.parse(version).map(GoVersion::swissMaps).orElse(false)
        ? GROW_SWISS
        : GROW_BUCKETS;
  }

  /** Why its collector and maps cannot be watched; empty when they can. */
  public Optional<String> refusal() {
    var release = GoVersion.parse(version);
    if (!amd64) {
      return Optional.of("only amd64 so far");
    }
    if (release.isEmpty() || !release.get().supported()) {
      return Optional.of(
          "unsupported Go version %s: 1.%d to 1.%d are known"
              .formatted(version, GoVersion.OLDEST_MINOR, GoVersion.NEWEST_MINOR));
    }
    return functions.isEmpty() ? Optional.of("stripped: no symbol table") : Optional.empty();
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
