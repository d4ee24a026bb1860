package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.gomemory.GoroutineGroup.Hang;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class GoroutineProfileTest {
  private static final Pattern HEAD = Pattern.compile("goroutine [0-9]+ \\[([^],]+).*");
  private static final Pattern CREATOR = Pattern.compile("created by (\\S+) in goroutine.*");

  @TempDir Path directory;

  static List<String> builds() {
    return GoMemoryProgram.builds();
  }

  @ParameterizedTest
  @MethodSource("builds")
  void goroutinesAreCountedByWhatTheyWaitForAndWhoCreatedThemAsGoCountsThem(String build)
      throws Exception {
    var read = directory.resolve("read.pb.gz");
    var own = directory.resolve("own.txt");
    try (var program = GoMemoryProgram.start(build)) {
      write(program, Duration.ZERO, read);
      program.ask("goroutines " + own);
    }

    var counted = new HashMap<String, Long>();
    for (var goroutine : Files.readString(own).split("\n\n", -1)) {
      var state = first(HEAD, goroutine);
      if (!state.equals("running")) {
        counted.merge(
            "created_by:[%s] state:[%s]".formatted(first(CREATOR, goroutine), state),
            1L,
            Long::sum);
      }
    }
    assertThat(counted).hasSizeGreaterThanOrEqualTo(3);
    assertThat(PprofTool.open(read).byLabels()).containsAllEntriesOf(counted);
  }

  @ParameterizedTest
  @MethodSource("builds")
  void thoseThatWaitHaveTheirWholeStack(String build) throws Exception {
    var read = directory.resolve("read.pb.gz");
    try (var program = GoMemoryProgram.start(build)) {
      write(program, Duration.ZERO, read);
    }

    var stacks = PprofTool.open(read).byStack();
    assertThat(stacks)
        .containsEntry(
            "runtime.gopark < runtime.chanrecv < runtime.chanrecv1 < main.receives", List.of(30L))
        .containsEntry("runtime.gopark < runtime.selectgo < main.selects", List.of(10L));
    assertThat(stacks.keySet())
        .filteredOn(stack -> stack.endsWith("main.locks"))
        .singleElement()
        .asString()
        .startsWith("runtime.gopark < ")
        .contains("Mutex).lockSlow < ");
    assertThat(stacks.keySet()).noneMatch(stack -> stack.contains("goexit"));
    assertThat(PprofTool.run("-top", read)).contains("main.receives");
  }

  @Test
  void thoseThatWaitLongAreToldFromThoseThatDoNot() throws Exception {
    var read = directory.resolve("read.pb.gz");
    try (var program = GoMemoryProgram.start("local")) {
      // A goroutine that waits is known to since the next collection.
      program.ask("gc");
      write(program, Duration.ofMinutes(5).plusSeconds(30), read);
    }

    assertThat(PprofTool.open(read).byLabels())
        .containsEntry(
            "created_by:[main.startsReceivers] state:[chan receive] waiting_minutes:[4]", 30L);
  }

  @Tag("E11")
  @ParameterizedTest
  @MethodSource("builds")
  void thoseThatHangAtOnePlaceHaveOneFingerprint(String build) throws Exception {
    var found = new ArrayList<List<GoroutineGroup>>();
    for (int run = 0; run < 2; run++) {
      try (var program = GoMemoryProgram.start(build)) {
        program.ask("gc");
        found.add(hanging(write(program, Duration.ofSeconds(30), directory.resolve("read.pb.gz"))));
      }
    }

    assertThat(found.getFirst())
        .filteredOn(group -> createdBy(group).startsWith("main."))
        .extracting(
            group -> group.functions().getLast(), GoroutineGroup::goroutines, GoroutineGroup::hang)
        .containsExactlyInAnyOrder(
            tuple("main.receives", 30L, Optional.of(Hang.BLOCKED)),
            tuple("main.selects", 10L, Optional.of(Hang.BLOCKED)),
            tuple("main.locks", 10L, Optional.of(Hang.BLOCKED)),
            tuple("main.polls", 5L, Optional.of(Hang.IDLE_LOOP)),
            tuple("main.retrying", 2L, Optional.of(Hang.RETRY_LOOP)));
    assertThat(found.getLast())
        .as("after a restart")
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("tally.longest")
        .hasSameElementsAs(found.getFirst());
  }

  @Test
  void thoseThatDoNotWaitLongDoNotHang() throws Exception {
    try (var program = GoMemoryProgram.start("local")) {
      program.ask("gc");

      assertThat(hanging(write(program, Duration.ZERO, directory.resolve("read.pb.gz")))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("builds")
  void groupsSayWhereTheyWereCreatedAndHangAndForHowLong(String build) throws Exception {
    try (var program = GoMemoryProgram.start(build)) {
      program.ask("gc");
      var groups = write(program, Duration.ofMinutes(5), directory.resolve("read.pb.gz"));

      assertThat(groups)
          .isSortedAccordingTo(Comparator.comparingLong(GoroutineGroup::goroutines).reversed());
      var largest = groups.getFirst();
      assertThat(largest.createdAt())
          .contains(new Frame("main.startsReceivers", "main.go", lineOf("\t\tgo receives()")));
      assertThat(largest.waitsIn())
          .contains(new Frame("main.receives", "main.go", lineOf("func receives() { <-never }")));
      assertThat(largest.tally().longest()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
      assertThat(groups)
          .filteredOn(group -> group.state().startsWith("sync."))
          .as("locks by way of sync")
          .extracting(group -> group.waitsIn().map(Frame::function))
          .containsExactly(Optional.of("main.locks"));
    }
  }

  private static int lineOf(String text) throws Exception {
    var source = GoroutineProfileTest.class.getResource("/go-memory/main.go");
    return 1 + Files.readAllLines(Path.of(source.toURI())).indexOf(text);
  }

  private static List<GoroutineGroup> hanging(List<GoroutineGroup> groups) {
    return groups.stream().filter(group -> group.hang().isPresent()).toList();
  }

  private static String createdBy(GoroutineGroup group) {
    return group.createdAt().map(Frame::function).orElse("");
  }

  private static List<GoroutineGroup> write(GoMemoryProgram program, Duration later, Path file)
      throws IOException {
    try (var process = program.open();
        var text = program.text();
        var output = Files.newOutputStream(file)) {
      return GoroutineProfile.write(
          process, text, Instant.now(), System.nanoTime() + later.toNanos(), output);
    }
  }

  private static String first(Pattern pattern, String goroutine) {
    return Arrays.stream(goroutine.split("\n", -1))
        .map(pattern::matcher)
        .filter(java.util.regex.Matcher::matches)
        .map(found -> found.group(1))
        .findFirst()
        .orElse("");
  }
}
