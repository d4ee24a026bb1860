package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcLogOutputTest {
  private static final Path PROC = Path.of("/proc");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xlog",
        "-Xlog:gc",
        "-Xlog:gc*",
        "-Xlog:safepoint,gc*=debug:stderr:none",
        "-Xlog:all=info",
        "-verbose:gc",
        "-XX:+PrintGCDetails"
      })
  void someOptionsHaveItWrittenToTheContainersLog(String option) {
    assertThat(GcLogOutput.of(List.of("-Xmx1g", option, "-jar")))
        .contains(new GcLogOutput.Console(false));
  }

  @ParameterizedTest
  @CsvSource({
    "-Xlog:gc, -Xlog:gc:stderr, true",
    "-Xlog:gc*:#1, -verbose:gc, true",
    "-Xlog:gc, -Xlog:gc*:stdout, false",
    "-Xlog:gc, -Xlog:gc+heap:stderr, false",
    "-Xlog:gc, -Xlog:safepoint:stderr, false"
  })
  void onBothStreamsItStandsTwiceInTheContainersLog(String one, String other, boolean twice) {
    assertThat(GcLogOutput.of(List.of(one, other))).contains(new GcLogOutput.Console(twice));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx1g",
        "-Xlog:safepoint",
        "-Xlog:gc=off",
        "-Xlog:gc+heap=debug",
        "-Xlog:gc=warning",
        "-Xlogged"
      })
  void othersDoNot(String option) {
    assertThat(GcLogOutput.of(List.of(option))).isEmpty();
  }

  @Test
  void disablingForgetsWhatWasSaidBefore() {
    assertThat(GcLogOutput.of(List.of("-Xlog:gc", "-Xlog:disable"))).isEmpty();
    assertThat(GcLogOutput.of(List.of("-Xlog:disable", "-Xlog:gc"))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "-Xlog:gc:/data/gc.log, gc.log, true",
    "-Xlog:gc:file=/data/gc.log:time:filecount=5, gc.log, true",
    "'-Xlog:gc*:file=\"a:b/gc:1.log\":none', gc:1.log, true",
    "-Xloggc:gc.log, gc.log, true",
    "-Xlog:gc:file=gc-%p-%t.log, gc-17-2026-11-22_07-44-51.log, true",
    "-Xlog:gc:file=gc-%p.log, gc-.log, false",
    "-Xlog:gc:file=gc.log, gcxlog, false",
    "-Xlog:gc:file=g\\E.*\\Q.log, gc.log, false",
    "-Xlog:gc:file=g\\\\EE(.log, g\\\\EE(.log, true",
    "-Xlog:gc:file=/%hn/gc-%hn.log, gc-%hn.log, true",
    "-Xlog:gc:file=/%hn/gc-%hn.log, gc-web-1.log, false",
    "-Xlog:gc:file=gc-%p-%p.log, gc-17-%p.log, true",
    "-Xlog:gc:file=gc-%p-%p.log, gc-17-17.log, false",
    "-Xlog:gc:file=%hn-gc.log, web-1-gc.log, true",
    "-Xlog:gc:file=gc.log, gc.log (deleted), false"
  })
  void aFileIsKnownByItsName(String option, String name, boolean known) {
    var output = GcLogOutput.of(List.of(option)).orElseThrow();

    assertThat(output)
        .isInstanceOfSatisfying(
            GcLogOutput.File.class,
            file -> assertThat(file.name().matcher(name).matches()).isEqualTo(known));
  }

  /** A pod chooses the pattern and the names. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNameWithManyPlaceholdersTakesNoTime() {
    var file = GcLogOutput.File.named("%hn%p%t".repeat(30) + "x");

    assertThat(file.name().matcher("1".repeat(255)).matches()).isFalse();
  }

  @Test
  void ofTwoOutputsThatWhichIsToldMoreIsRead() {
    assertThat(GcLogOutput.of(List.of("-Xlog:gc:file=gc.log", "-Xlog:gc*")))
        .contains(new GcLogOutput.Console(false));
    assertThat(GcLogOutput.of(List.of("-Xlog:gc", "-Xlog:gc:file=gc.log")))
        .containsInstanceOf(GcLogOutput.File.class);
  }

  /** Its name is relative and leads through a symbolic link: the kernel knows where the file is. */
  @Test
  void aRunningJvmsFileIsFoundWhereItIs(@TempDir Path directory) throws Exception {
    var real = Files.createDirectory(directory.resolve("real"));
    var link = Files.createSymbolicLink(directory.resolve("link"), real);
    try (var program =
        JavaProgram.start(
            Map.of("JAVA_TOOL_OPTIONS", "-Xlog:gc*:file=" + link + "/gc-%p.log"), "-Xmx32m")) {
      var output = GcLogOutput.of(program.pid(), PROC).orElseThrow();

      assertThat(((GcLogOutput.File) output).find(program.pid(), PROC))
          .isEqualTo(real.toRealPath().resolve("gc-" + program.pid() + ".log"));
    }
  }

  @Test
  void aFileThatIsNotOpenIsRefusedWithTheReason() throws Exception {
    try (var program = JavaProgram.start()) {
      assertThatThrownBy(() -> GcLogOutput.File.named("gc.log").find(program.pid(), PROC))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no file open");
    }
  }
}
