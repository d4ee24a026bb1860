package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SitesTest {
  private static final long BIAS = 0x5500_0000_0000L;

  private final Sites sites = new Sites();
  private final Path executable = GoPrograms.strippedPositionIndependentWithC();
  private Sites.Program program;
  private FunctionTable table;

  @BeforeEach
  void load() throws IOException {
    var binary = GoBinary.read(executable).orElseThrow();
    table = binary.table().orElseThrow();
    program = new Sites.Program(ExecutableId.of(executable), executable, binary, BIAS);
  }

  @Test
  void theWriterIsTheFirstThatIsNotOfALibraryThatActsForIt() throws IOException {
    long runtime = loaded("runtime.mapassign_faststr");

    assertThat(sites.site(program, runtime, loaded("main.remember")))
        .hasValueSatisfying(
            site -> {
              assertThat(site.function()).isEqualTo("main.remember");
              assertThat(site.location()).startsWith("main.go:");
            });
    assertThat(sites.site(program, runtime)).isEmpty();
  }

  @Test
  void whoCalledTheWriterIsToldAsFarAsEachCallCanBeNamed() throws IOException {
    long assign = loaded("runtime.mapassign_faststr");
    long writer = loaded("main.remember");
    long caller = loaded("main.main");

    assertThat(sites.calls(program, assign, writer, caller, 0, assign))
        .extracting(Frame::function)
        .containsExactly("main.remember", "main.main");
    assertThat(
            sites.calls(program, writer, caller, loaded("runtime.main"), loaded("runtime.goexit")))
        .as("without those that start every goroutine")
        .extracting(Frame::function)
        .containsExactly("main.remember", "main.main");
    assertThat(sites.calls(program, assign)).isEmpty();
  }

  @Test
  void aSmallMethodThatWasInlinedIsNamedAsTheWriterAllTheSame() throws IOException {
    long start = loaded("main.remember");
    var written = new Frame("main.(*store).put", "main.go", 17);
    boolean seen = false;
    for (long address = start; address < start + 400 && !seen; address++) {
      seen = sites.site(program, address).equals(java.util.Optional.of(written));
    }
    assertThat(seen).as("%s is a site", written).isTrue();
  }

  @Test
  void anAddressOutsideTheProgramAndATypeThatIsNoneAreNotGuessed() {
    assertThat(sites.frames(program, 1)).isEmpty();
    assertThat(sites.mapType(program, 1)).isEmpty();
    assertThat(sites.mapType(program, 0xc000_0000L)).isEmpty();
  }

  @Test
  void aTypeIsNamedWhereverTheProgramWasLoaded() {
    var module = table.module().orElseThrow();
    boolean seen = false;
    for (long at = module.types(); at < module.typesEnd() && !seen; at += 8) {
      seen = sites.mapType(program, at + BIAS).equals(java.util.Optional.of("map[string]int"));
    }
    assertThat(seen).isTrue();
  }

  /** Behind the first instruction of a function, as a process sees it. */
  private long loaded(String function) throws IOException {
    try (var elf = ElfFile.open(executable)) {
      return BIAS
          + 1
          + Objects.requireNonNull(table.addresses(elf, Set.of(function)).get(function));
    }
  }
}
