package dev.heapwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kinds of evidence that a leak leaves, as they were collected from reports of leaks. Each has
 * tests that bear its name: {@code mvn test -Dgroups=E6} runs those of the sixth.
 */
class EvidenceTest {
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"(E\\d+)\"\\)");

  @ParameterizedTest
  @CsvSource({
    "E1, heap and mutex profiles of a Go program by site",
    "E2, objects allocated and not freed",
    "E3, bytes allocated for each byte freed",
    "E4, gctrace lines and the end of marking",
    "E5, figures of the Go heap and its spans",
    "E6, 'pauses, old generation and metaspace over a window of the GC log'",
    "E7, long pauses beside an old generation that swings",
    "E8, page faults and allocations of the kernel",
    "E9, maps that grow and who writes them",
    "E10, entries of hot maps as a metric",
    "E11, goroutines that hang at one place",
    "E12, emptied maps that are kept",
    "E13, fragmentation of the Go heap",
    "E14, what the keys of a hot map are like",
    "E15, what a crash left",
    "E16, storms of growth that are no leak",
    "E17, sidecars",
    "E18, native allocations by caller",
    "E19, requests and the time they take",
    "E20, releases of a runtime that hold more than they need"
  })
  void hasATestOfItsName(String name, String kind) throws IOException {
    assertThat(names()).as(kind).contains(name);
  }

  private static Set<String> names() throws IOException {
    var names = new HashSet<String>();
    for (var module : Sources.MODULES) {
      for (var file : Sources.of(module)) {
        TAG.matcher(Files.readString(file)).results().map(EvidenceTest::name).forEach(names::add);
      }
    }
    return names;
  }

  private static String name(MatchResult tag) {
    return tag.group(1);
  }
}
