package dev.heapwarden.probes.nativecode;

import dev.heapwarden.probes.go.Architecture;
import dev.heapwarden.probes.go.BinaryFormatException;
import dev.heapwarden.probes.go.ElfFile;
import dev.heapwarden.probes.go.ElfSymbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What gives a process its memory. */
public sealed interface Allocator {
  /** Functions of the C library, by what becomes of a block in them. */
  Set<String> FUNCTIONS =
      Set.of(
          "malloc",
          "calloc",
          "realloc",
          "memalign",
          "aligned_alloc",
          "posix_memalign",
          "free",
          "mmap",
          "munmap",
          "mremap");

  /** Functions that call one of those once, for a caller whom the block is for. */
  Set<String> COPIES = Set.of("strdup", "strndup", "reallocarray");

  /** The same in C++: operator new, for objects and arrays. */
  Set<String> CPP =
      Set.of(
          "_Znwm",
          "_Znam",
          "_ZnwmRKSt9nothrow_t",
          "_ZnamRKSt9nothrow_t",
          "_ZnwmSt11align_val_t",
          "_ZnamSt11align_val_t");

  /**
   * A function that can be probed.
   *
   * @param file in which
   * @param pattern that it alone has there
   * @param stepped whether its first instruction costs a second trap
   */
  record Probed(CodeFile file, String function, String pattern, boolean stepped) {}

  /**
   * A C library.
   *
   * @param library that malloc is in
   * @param functions those of all three sets that were found
   */
  record Known(CodeFile library, Architecture architecture, List<Probed> functions)
      implements Allocator {
    public Known {
      functions = List.copyOf(functions);
    }

    /** Whether a library allocates for others: it is the C library, or C++'s. */
    public boolean isOf(String name) {
      return functions.stream().anyMatch(probed -> probed.file().name().equals(name));
    }
  }

  /** One whose blocks are not seen. */
  record Unseen(String reason) implements Allocator {}

  /**
   * Finds out by the files of a process.
   *
   * @param executable inode of what it runs
   * @throws IOException when a file cannot be read
   */
  static Allocator of(List<CodeFile> files, long executable) throws IOException {
    return new Search(files, executable).found();
  }

  /** Looks at one process. */
  final class Search {
    private static final Pattern C_LIBRARY =
        Pattern.compile("libc\\.so\\.6|libc-2\\.\\d+\\.so|libc\\.so|(ld-|libc\\.)musl-.*\\.so\\.1");

    private static final Pattern CPP_LIBRARY = Pattern.compile("lib(std)?c\\+\\+\\.so.*");

    private static final Pattern OTHERS =
        Pattern.compile("lib(jemalloc|tcmalloc|mimalloc|snmalloc|rpmalloc|hoard)[._-].*");

    /** Names that only those have, with and without the prefix that Rust's packages add. */
    private static final Map<String, String> MARKS =
        Map.of(
            "mallocx", "jemalloc",
            "je_malloc", "jemalloc",
            "je_mallocx", "jemalloc",
            "_rjem_malloc", "jemalloc",
            "_rjem_mallocx", "jemalloc",
            "tc_malloc", "tcmalloc",
            "TCMallocInternalMalloc", "tcmalloc",
            "mi_malloc", "mimalloc");

    private final List<CodeFile> files;
    private final Optional<CodeFile> executable;

    Search(List<CodeFile> files, long executable) {
      this.files = List.copyOf(files);
      this.executable = files.stream().filter(file -> file.inode() == executable).findFirst();
    }

    Allocator found() throws IOException {
      for (var file : files) {
        var other = OTHERS.matcher(file.name());
        if (other.matches()) {
          return unseen(other.group(1), file);
        }
      }
      if (executable.isEmpty()) {
        return new Unseen("its executable was deleted or replaced");
      }
      var own = names(executable.get());
      var mark = own.stream().filter(MARKS::containsKey).findFirst();
      if (mark.isPresent()) {
        return unseen(MARKS.getOrDefault(mark.get(), ""), executable.get());
      }
      var library = file(C_LIBRARY);
      if (library.isEmpty()) {
        return own.contains("malloc")
            ? known(executable.get(), Set.of())
            : new Unseen("it is linked statically, and its symbols name no malloc");
      }
      var instead = instead(library.get());
      return instead.isPresent()
          ? new Unseen("its malloc is that of %s, which is not watched".formatted(instead.get()))
          : known(library.get(), own);
    }

    private static Unseen unseen(String allocator, CodeFile file) {
      return new Unseen(
          "it allocates by %s (%s), which is not watched".formatted(allocator, file.name()));
    }

    /** The file whose malloc is called in place of the library's; ld.so yields to it. */
    private Optional<String> instead(CodeFile library) throws IOException {
      for (var file : files) {
        if (!file.equals(library) && !file.name().startsWith("ld-")) {
          try (var elf = file.open().orElse(null)) {
            if (elf != null && ElfSymbols.exports(elf, "malloc")) {
              return Optional.of(file.name());
            }
          } catch (BinaryFormatException _) {
            // Code of a file that is no library: it gives nobody anything.
          }
        }
      }
      return Optional.empty();
    }

    private Allocator known(CodeFile library, Set<String> own) throws IOException {
      var probed = new ArrayList<Probed>();
      Architecture architecture;
      try (var elf = opened(library)) {
        var known = Architecture.of(elf.machine());
        if (known.isEmpty()) {
          return new Unseen("its machine is neither amd64 nor arm64");
        }
        architecture = known.get();
        var missing = probe(elf, library, FUNCTIONS, probed);
        probe(elf, library, COPIES, probed);
        if (missing.contains("malloc") || missing.contains("free")) {
          return new Unseen(
              "malloc or free of %s cannot be told from its other functions"
                  .formatted(library.name()));
        }
      }
      // The executable's own operator new is called in place of the library's.
      var cpp = own.stream().anyMatch(CPP::contains) ? executable : file(CPP_LIBRARY);
      if (cpp.isPresent()) {
        try (var elf = opened(cpp.get())) {
          probe(elf, cpp.get(), CPP, probed);
        }
      }
      return new Known(library, architecture, probed);
    }

    /** Adds those that can be probed; returns the names of the others. */
    private static Set<String> probe(
        ElfFile elf, CodeFile file, Set<String> wanted, List<Probed> probed) throws IOException {
      var functions = ElfSymbols.named(elf, wanted);
      var patterns = new HashMap<String, Wildcard>();
      functions.keySet().forEach(name -> patterns.put(name, new Wildcard(name)));
      ElfSymbols.each(
          elf, function -> patterns.values().forEach(pattern -> pattern.meet(function.name())));
      var missing = new HashSet<>(wanted);
      // memalign and aligned_alloc of glibc are one function.
      var addresses = new HashSet<Long>();
      for (var function : functions.values()) {
        var pattern = Objects.requireNonNull(patterns.get(function.name())).pattern();
        if (pattern.isPresent()) {
          missing.remove(function.name());
          if (addresses.add(function.address())) {
            boolean stepped = !ElfSymbols.pushesFirst(elf, function);
            probed.add(new Probed(file, function.name(), pattern.get(), stepped));
          }
        }
      }
      return missing;
    }

    private static Set<String> names(CodeFile file) throws IOException {
      try (var elf = opened(file)) {
        var wanted = new HashSet<>(MARKS.keySet());
        wanted.addAll(CPP);
        wanted.add("malloc");
        return ElfSymbols.named(elf, wanted).keySet();
      }
    }

    private static ElfFile opened(CodeFile file) throws IOException {
      return file.open()
          .orElseThrow(() -> new IOException(file.name() + " was deleted or replaced"));
    }

    private Optional<CodeFile> file(Pattern name) {
      return files.stream().filter(file -> name.matcher(file.name()).matches()).findFirst();
    }
  }
}
