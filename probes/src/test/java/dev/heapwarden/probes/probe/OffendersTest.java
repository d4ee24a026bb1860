package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A shell script speaks as bpftrace does, and does not attach to what is called bad. */
@Timeout(120)
class OffendersTest {
  private static final String BPFTRACE =
      """
      #!/bin/sh
      for last; do :; done
      for link in $(grep '^uprobe:' "$last" | cut -d: -f2); do
        case $(readlink "$link") in
          *bad*) echo "ERROR: cannot attach" >&2; exit 1;;
        esac
      done
      echo "{\\"type\\": \\"attached_probes\\", \\"data\\": {\\"probes\\": $(grep -cE '^(BEGIN|uprobe|interval)' "$last")}}"
      echo '{"type": "printf", "data": "start 1"}'
      exec sleep 3600
      """;

  @TempDir Path directory;
  private Bpftrace bpftrace;
  private GoBinary binary;

  @BeforeEach
  void script() throws IOException {
    var script = Files.writeString(directory.resolve("bpftrace"), BPFTRACE);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    bpftrace = new Bpftrace(List.of(script.toString()), directory.resolve("scratch"));
    binary = GoBinary.read(GoPrograms.plain()).orElseThrow();
  }

  @Test
  void ofManyExecutablesTheOnesThatDoNotAttachAreFound() throws Exception {
    var found =
        new Offenders(bpftrace, Duration.ofSeconds(20), Duration.ofSeconds(60))
            .among(executables("a", "b", "bad1", "c", "d", "bad2"));

    assertThat(found)
        .isEqualTo(
            Map.of(
                Path.of("/bad1"),
                new Offenders.Found(true, "bpftrace: ERROR: cannot attach"),
                Path.of("/bad2"),
                new Offenders.Found(true, "bpftrace: ERROR: cannot attach")));
  }

  @Test
  void whenTheTimeIsOverThoseThatMayBeItAreGivenUpTogetherWithTheReason() throws Exception {
    var found =
        new Offenders(bpftrace, Duration.ofSeconds(20), Duration.ZERO)
            .among(executables("a", "bad"));

    assertThat(found)
        .containsOnlyKeys(Path.of("/a"), Path.of("/bad"))
        .containsEntry(
            Path.of("/a"),
            new Offenders.Found(
                false,
                "one of 2 executables does not attach, and there was no time to find out which;"
                    + " they are tried again in 10 minutes: bpftrace: ERROR: cannot attach"));
  }

  private List<Map.Entry<ExecutableId, ProbedFile>> executables(String... names) {
    return IntStream.range(0, names.length)
        .mapToObj(
            number ->
                Map.<ExecutableId, ProbedFile>entry(
                    new ExecutableId(1, number),
                    new GoExecutable(Path.of("/" + names[number]), binary)))
        .toList();
  }
}
