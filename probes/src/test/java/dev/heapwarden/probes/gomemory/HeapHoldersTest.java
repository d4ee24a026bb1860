package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.heapwarden.probes.gomemory.HeapHolder.Kind;
import dev.heapwarden.probes.gomemory.HeapHolder.Size;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class HeapHoldersTest {
  /** Sessions that each of them holds. */
  private static final int SESSIONS = 40_000;

  /** A pointer to each. */
  private static final long POINTERS = SESSIONS * 8;

  /** A closure of a function and what it keeps, and the pointer to it, with the slice's slack. */
  private static final long CLOSURES = SESSIONS * (16 + 10);

  /** A timer of 80 to 112 bytes, its closure, and its place in the runtime's heap of timers. */
  private static final long TIMERS = SESSIONS * (96 + 16 + 13);

  static List<String> toolchains() {
    return GoMemoryProgram.toolchains();
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void eachVariableHoldsWhatTheProgramKeptInIt(String toolchain) throws Exception {
    try (var program = GoHoldersProgram.start(toolchain)) {
      long sessions = Long.parseLong(program.ask("each"));
      var read = program.read();

      assertHeld(read, "main.slice", sessions + POINTERS);
      assertHeld(read, "main.list", sessions);
      assertHeld(read, "main.pool", sessions);
      assertHeld(read, "main.queue", sessions + POINTERS);
      assertHeld(read, "main.closures", sessions + CLOSURES);
      // Its table has room for a third more, of which each place takes two words.
      assertHeld(read, "main.byName", sessions + 2 * POINTERS * 4 / 3);
      assertHeld(read, "main.literal", sessions + SESSIONS * 16 + 3 * POINTERS * 4 / 3);
      // Go 1.21 gives the call of a go statement with arguments the name of a closure.
      var works = toolchain.startsWith("go1.21") ? "main.main.func2" : "main.works";
      assertThat(holder(read, works).kind()).isEqualTo(Kind.GOROUTINES);
      assertHeld(read, works, sessions + POINTERS);
      assertThat(holder(read, "timers").kind()).isEqualTo(Kind.TIMERS);
      assertHeld(read, "timers", sessions + TIMERS);
      assertThat(holder(read, "finalizers").kind()).isEqualTo(Kind.FINALIZERS);
      assertHeld(read, "finalizers", sessions);
      assertThat(read.cut()).isFalse();
      assertThat(read.bytes()).isBetween(10 * sessions, read.heapInUse());
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void theShapeOfWhatIsHeldIsTold(String toolchain) throws Exception {
    try (var program = GoHoldersProgram.start(toolchain)) {
      var read = program.read();

      assertThat(holder(read, "main.list").depth()).isEqualTo(SESSIONS + 1);
      assertThat(holder(read, "main.pool").depth()).isGreaterThan(SESSIONS);
      assertThat(holder(read, "main.slice").depth()).isEqualTo(3);
      assertThat(holder(read, "main.slice").sizes())
          .contains(new Size(64, SESSIONS), new Size(128, SESSIONS));
      assertThat(holder(read, "main.slice").objects()).isEqualTo(2 * SESSIONS + 1);
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void whatGrewBetweenTwoReadingsIsItsVariables(String toolchain) throws Exception {
    try (var program = GoHoldersProgram.start(toolchain)) {
      assertThat(program.read().holders()).noneMatch(held -> held.name().equals("main.grown"));
      long grown = Long.parseLong(program.ask("grow"));

      assertThat(holder(program.read(), "main.grown").bytes()).isBetween(grown, grown * 115 / 100);
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void aHeapThatGrowsWhileItIsReadIsTold(String toolchain) throws Exception {
    try (var program = GoHoldersProgram.start(toolchain)) {
      long sessions = Long.parseLong(program.ask("each"));
      program.ask("growOn");
      for (int i = 0; i < 5; i++) {
        assertHeld(program.read(), "main.list", sessions);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void whatElementsUseOfTheirRoomIsTold(String toolchain) throws Exception {
    try (var program = GoHoldersProgram.start(toolchain)) {
      var use =
          program.use(
              Map.of(
                  "main.pieces", "[][]uint8",
                  "main.texts", "[]string",
                  "main.wholes", "[]string",
                  "main.shared", "[]string",
                  "main.emptied", "[]map[int]int",
                  "main.full", "[]map[int]int",
                  "main.slice", "[]*main.session",
                  "main.byName", "map[int]*main.session"));

      assertThat(use).hasSize(6);
      assertThat(use.get("main.pieces")).isEqualTo(16.0 / 1024);
      assertThat(use.get("main.texts")).isEqualTo(16.0 / 1024);
      assertThat(use.get("main.wholes")).isCloseTo(0.95, within(0.1));
      // Of what lies at the ends of a run of the sample only a part is seen.
      assertThat(use.get("main.shared")).isGreaterThan(0.5);
      assertThat(use.get("main.emptied")).isLessThan(0.02);
      assertThat(use.get("main.full")).isGreaterThan(0.4);
    }
  }

  @Test
  void aProgramWithoutDebugInformationIsReadToo() throws Exception {
    try (var program = GoHoldersProgram.start("local", "-ldflags=-w")) {
      assertHeld(program.read(), "main.list", Long.parseLong(program.ask("each")));
    }
  }

  @Test
  void aProgramThatIsLoadedAnywhereIsReadToo() throws Exception {
    try (var program = GoHoldersProgram.start("local", "-buildmode=pie")) {
      assertHeld(program.read(), "main.list", Long.parseLong(program.ask("each")));
      assertThat(program.use(Map.of("main.pieces", "[][]uint8")))
          .isEqualTo(Map.of("main.pieces", 16.0 / 1024));
    }
  }

  @Test
  void aProgramWithoutSymbolsIsRefusedWithTheReason() throws Exception {
    try (var program = GoHoldersProgram.start("local", "-ldflags=-s -w")) {
      assertThatThrownBy(program::reader)
          .isInstanceOf(UnreadableProgramException.class)
          .hasMessageStartingWith("stripped: no symbols name its global variables");
    }
  }

  @Test
  void aHeapThatTheBytesDoNotSufficeForIsToldAsCut() throws Exception {
    try (var program = GoHoldersProgram.start("local")) {
      var read = program.read(12 << 20, Duration.ofSeconds(10));

      assertThat(read.cut()).isTrue();
      assertThat(read.bytes()).isBetween(5L << 20, read.heapInUse() / 2);
    }
  }

  @Test
  void aProcessThatEndsMeanwhileIsAnError() throws Exception {
    try (var program = GoHoldersProgram.start("local")) {
      var reader = program.reader();
      try (var opened = reader.open(AnsweringProgram.PROC.directory(program.pid()));
          var text = program.text()) {
        program.kill();
        assertThatThrownBy(() -> reader.read(opened, text))
            .isInstanceOf(MemoryException.class)
            .hasMessage("the process has ended");
      }
    }
  }

  private static HeapHolder holder(HeapHolders read, String name) {
    return read.holders().stream()
        .filter(held -> held.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + read.holders()));
  }

  private static void assertHeld(HeapHolders read, String name, long bytes) throws IOException {
    assertThat(holder(read, name).bytes()).as(name).isCloseTo(bytes, withinPercentage(10));
  }
}
