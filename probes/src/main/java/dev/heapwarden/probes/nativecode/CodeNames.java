package dev.heapwarden.probes.nativecode;

import dev.heapwarden.probes.go.BinaryFormatException;
import dev.heapwarden.probes.go.ElfFile;
import dev.heapwarden.probes.go.ElfSymbols;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names the return addresses of one process, each file read once. */
public final class CodeNames {
  /** Of a name that is told: those of C++ have hundreds of characters. */
  private static final int NAME_LIMIT = 200;

  private final List<CodeFile> files;

  public CodeNames(List<CodeFile> files) {
    this.files = List.copyOf(files);
  }

  /**
   * The places that return addresses return to, by address; those that lie in no file, or that no
   * call stands before, are left out.
   *
   * @throws IOException when a file cannot be read; a malformed one only has no names
   */
  public Map<Long, NativeFrame> frames(Collection<Long> returns) throws IOException {
    var frames = new HashMap<Long, NativeFrame>();
    for (var file : files) {
      var here = returns.stream().distinct().filter(file::holds).toList();
      if (!here.isEmpty()) {
        frames.putAll(frames(file, here));
      }
    }
    return frames;
  }

  private static Map<Long, NativeFrame> frames(CodeFile file, List<Long> returns)
      throws IOException {
    var frames = new HashMap<Long, NativeFrame>();
    var places = new HashMap<Long, Long>();
    // The call is before the address it returns to, which may already be another function's.
    returns.forEach(address -> places.put(address, file.offset(address) - 1));
    Map<Long, ElfSymbols.Function> functions = Map.of();
    try (var elf = file.open().orElse(null)) {
      if (elf != null) {
        places.replaceAll((_, offset) -> elf.addressOf(offset).orElse(offset));
        functions = functions(elf, places);
      }
    }
    for (var place : places.entrySet()) {
      var function = functions.get(place.getValue());
      frames.put(
          place.getKey(),
          new NativeFrame(
              function == null ? null : printable(Demangled.of(function.name())),
              printable(file.name()),
              "0x" + Long.toHexString(place.getValue())));
    }
    return frames;
  }

  private static Map<Long, ElfSymbols.Function> functions(ElfFile elf, Map<Long, Long> places)
      throws IOException {
    try {
      for (var place : Map.copyOf(places).entrySet()) {
        if (!ElfSymbols.endsCall(elf, place.getValue())) {
          places.remove(place.getKey());
        }
      }
      return ElfSymbols.covering(elf, places.values());
    } catch (BinaryFormatException _) {
      return Map.of();
    }
  }

  /** Wherever it comes from: of so many characters, none of control. */
  private static String printable(String name) {
    var clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= NAME_LIMIT ? clean : clean.substring(0, NAME_LIMIT - 1) + "…";
  }
}
