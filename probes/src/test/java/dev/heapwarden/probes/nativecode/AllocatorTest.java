package dev.heapwarden.probes.nativecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocatorTest {
  private static final String IDLE = "int main(void) { wait_for_input(); }";

  @TempDir Path directory;

  @Test
  void theFunctionsOfTheCLibraryAreFoundEachByAPatternOfItsOwn() throws Exception {
    try (var program = new CProgram(directory, IDLE)) {
      assertThat(program.allocator())
          .isInstanceOfSatisfying(
              Allocator.Known.class,
              known -> {
                assertThat(known.library().name()).matches("libc.*");
                var patterns =
                    known.functions().stream()
                        .collect(
                            Collectors.toMap(
                                Allocator.Probed::function, Allocator.Probed::pattern));
                assertThat(patterns)
                    .containsKeys("malloc", "calloc", "realloc", "free", "munmap", "strdup")
                    // Not m*map, which mremap is too.
                    .containsEntry("mmap", "mm*ap");
              });
    }
  }

  @Test
  void aStaticProgramWithSymbolsHasItsOwn() throws Exception {
    try (var program = new CProgram(directory, IDLE, "-static")) {
      assertThat(program.allocator())
          .isInstanceOfSatisfying(
              Allocator.Known.class,
              known ->
                  assertThat(known.functions())
                      .extracting(Allocator.Probed::function)
                      .contains("malloc", "free"));
    }
  }

  @Test
  void aStaticProgramWithoutSymbolsIsRefused() throws Exception {
    assertUnseen("it is linked statically, and its symbols name no malloc", IDLE, "-static", "-s");
  }

  @Test
  void anAllocatorThatIsLinkedInIsNamed() throws Exception {
    try (var program = new CProgram(directory, "void mallocx(void) {}" + IDLE)) {
      assertThat(program.allocator())
          .isInstanceOfSatisfying(
              Allocator.Unseen.class,
              unseen ->
                  assertThat(unseen.reason())
                      .matches("it allocates by jemalloc \\(program.*\\), which is not watched"));
    }
  }

  @Test
  void anAllocatorThatIsALibraryIsNamed() throws Exception {
    var library = library("libtcmalloc_minimal.so.4", "void tc_malloc(void) {}");
    assertUnseen(
        "it allocates by tcmalloc (libtcmalloc_minimal.so.4), which is not watched",
        IDLE,
        "-Wl,--no-as-needed",
        library.toString());
  }

  @Test
  void aMallocThatIsCalledInPlaceOfTheLibrarysIsNamedByItsFile() throws Exception {
    var library =
        library(
            "libown.so",
            """
            static char room[1 << 20];
            static unsigned long used;
            void *malloc(unsigned long size) { return room + (used += (size + 15) / 16 * 16); }
            void free(void *block) {}
            """);
    assertUnseen(
        "its malloc is that of libown.so, which is not watched",
        IDLE,
        "-Wl,--no-as-needed",
        library.toString());
  }

  private void assertUnseen(String reason, String text, String... options) throws Exception {
    try (var program = new CProgram(directory, text, options)) {
      assertThat(program.allocator()).isEqualTo(new Allocator.Unseen(reason));
    }
  }

  private Path library(String name, String text) throws IOException, InterruptedException {
    var source = Files.writeString(Files.createTempFile(directory, "library", ".c"), text);
    var library = directory.resolve(name);
    CProgram.gcc(source, library, "-shared", "-fPIC", "-fno-builtin", "-Wl,-soname," + library);
    return library;
  }
}
