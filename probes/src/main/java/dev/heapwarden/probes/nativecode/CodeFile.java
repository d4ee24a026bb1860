package dev.heapwarden.probes.nativecode;

import dev.heapwarden.probes.go.ElfFile;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file whose code is mapped into a process.
 *
 * @param path from the agent's view, through the process's own root
 * @param name the last part of its path
 * @param inode that is mapped; another file may stand at the path by now
 * @param mappings of its code
 */
public record CodeFile(Path path, String name, long inode, List<ProcFs.Mapping> mappings) {
  public CodeFile {
    mappings = List.copyOf(mappings);
  }

  /** Those of a process, in the order of their addresses; one with a foreign name is left out. */
  public static List<CodeFile> of(ProcFs proc, long pid) throws IOException {
    var files = new ArrayList<CodeFile>();
    for (var mapped : proc.code(pid).entrySet()) {
      var inside = mapped.getValue().getFirst().file();
      try {
        var path = proc.directory(pid).resolve("root").resolve(ProcFs.path(inside.substring(1)));
        files.add(
            new CodeFile(
                path,
                inside.substring(inside.lastIndexOf('/') + 1),
                mapped.getKey(),
                mapped.getValue()));
      } catch (IOException _) {
        // Its name is none to us.
      }
    }
    return List.copyOf(files);
  }

  /** Opens it; empty where it was deleted or replaced. */
  Optional<ElfFile> open() throws IOException {
    try {
      return ExecutableId.of(path).inode() == inode
          ? Optional.of(ElfFile.open(path))
          : Optional.empty();
    } catch (java.nio.file.NoSuchFileException _) {
      return Optional.empty();
    }
  }

  boolean holds(long address) {
    return mappings.stream()
        .anyMatch(mapping -> mapping.start() <= address && address < mapping.end());
  }

  /** Where in the file an address is that it holds. */
  long offset(long address) {
    return mappings.stream()
        .filter(mapping -> mapping.start() <= address && address < mapping.end())
        .mapToLong(mapping -> mapping.offset() + (address - mapping.start()))
        .findFirst()
        .orElseThrow();
  }
}
