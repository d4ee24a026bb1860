package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On real JVMs. */
class JvmAttachTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final JvmAttach attach = new JvmAttach(Path.of("/proc"));

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseG1GC", "-XX:-UsePerfData"})
  void aJvmAnswersACommandAndGoesOn(String option) throws Exception {
    try (var program = JavaProgram.start(option)) {
      assertThat(attach.refusal(program.pid())).isEmpty();
      assertThat(ask(program, "VM.version")).contains("version 25");
      assertThat(ask(program, "Thread.print")).contains("\"main\"");
      assertThat(program.alive()).isTrue();
      assertThat(Path.of("/tmp/.attach_pid" + program.pid())).doesNotExist();
    }
  }

  /** As in a pod with hostUsers: false. One with -Xrs listens, and would hang up. */
  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UsePerfData", "-Xrs"})
  void aJvmThatDoesNotKnowTheAgentsUserIsLeftAlone(String option, @TempDir Path classes)
      throws Exception {
    assumeThat(isRoot() && JavaProgram.canBeContained()).isTrue();
    Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var program = JavaProgram.startAsStranger(classes, option)) {
      assertThat(attach.refusal(program.pid()).orElseThrow()).contains("its own user and root");
      assertThatThrownBy(() -> ask(program, "VM.version"))
          .isInstanceOf(JvmAttach.RefusedException.class);
      // The signal would have it print its threads.
      assertThat(program.end()).doesNotContain("Full thread dump");
    }
  }

  /** It listens from its start, since no signal could ask it to. */
  @Test
  void aJvmThatWouldDieOfTheSignalIsAskedWithoutOne() throws Exception {
    try (var program = JavaProgram.start("-Xrs")) {
      assertThat(attach.refusal(program.pid())).isEmpty();
      assertThat(ask(program, "VM.version")).contains("version 25");
      assertThat(program.alive()).isTrue();
    }
  }

  @Test
  void aJvmThatWouldDieOfTheSignalIsLeftAloneWhereItDoesNotListen() throws Exception {
    try (var program = JavaProgram.start("-Xrs")) {
      Files.delete(program.socket());
      assertThat(attach.refusal(program.pid()).orElseThrow()).contains("-Xrs");
      assertThatThrownBy(() -> ask(program, "VM.version"))
          .isInstanceOf(JvmAttach.RefusedException.class)
          .hasMessageContaining("-Xrs");
      assertThat(program.alive()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UsePerfData", "-XX:-UsePerfData"})
  void aJvmThatDoesNotWantToBeAttachedToIsLeftAlone(String counters) throws Exception {
    try (var program = JavaProgram.start("-XX:+DisableAttachMechanism", counters)) {
      assertThat(attach.refusal(program.pid()).orElseThrow()).contains("switched off");
      assertThatThrownBy(() -> ask(program, "VM.version"))
          .isInstanceOf(JvmAttach.RefusedException.class);
      assertThat(program.alive()).isTrue();
    }
  }

  @Test
  void aSocketOfAnEarlierJvmUnderItsPidIsNotTakenForItsOwn() throws Exception {
    try (var program = JavaProgram.start("-XX:+DisableAttachMechanism")) {
      try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        left.bind(UnixDomainSocketAddress.of(program.socket()));
      }
      assertThat(attach.refusal(program.pid()).orElseThrow()).contains("switched off");
      assertThatThrownBy(() -> ask(program, "VM.version"))
          .isInstanceOf(JvmAttach.RefusedException.class);
    }
  }

  /** As one whose container shares its /tmp, or one that has not written its counters yet. */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aJvmThatDoesNotWantToBeAttachedToIsLeftAloneWhereItsCountersDoNotTell(
      boolean byVariable, boolean withoutCounters) throws Exception {
    var off = "-XX:+DisableAttachMechanism";
    try (var program =
        JavaProgram.start(
            byVariable ? Map.of("JAVA_TOOL_OPTIONS", off) : Map.of(),
            byVariable ? "-Da=b" : off,
            withoutCounters ? "-XX:-UsePerfData" : "-XX:+UsePerfData")) {
      if (!withoutCounters) {
        Files.delete(CountersFileTest.path(program));
      }
      assertThat(attach.refusal(program.pid()).orElseThrow()).contains("switched off");
      assertThatThrownBy(() -> ask(program, "VM.version"))
          .isInstanceOf(JvmAttach.RefusedException.class);
      assertThat(program.alive()).isTrue();
      // A JVM that is not to be attached to answers the signal with its threads.
      assertThat(program.end()).doesNotContain("Full thread dump");
    }
  }

  /** None of these files is read here. */
  @ParameterizedTest
  @CsvSource({
    "'', @, -XX:+DisableAttachMechanism, @argfile",
    "JDK_JAVA_OPTIONS, @, -XX:+DisableAttachMechanism, @argfile",
    "'', -XX:VMOptionsFile=, -XX:+DisableAttachMechanism, -XX:VMOptionsFile=",
    "JAVA_TOOL_OPTIONS, -XX:VMOptionsFile=, -XX:+DisableAttachMechanism, -XX:VMOptionsFile=",
    "'', -XX:Flags=, +DisableAttachMechanism, -XX:Flags=",
  })
  void aJvmThatMayHaveSaidSoInAFileIsLeftAloneWhereItsCountersDoNotTell(
      String variable, String form, String content, String told, @TempDir Path directory)
      throws Exception {
    var option = form + Files.writeString(directory.resolve("options"), content + "\n");
    try (var program =
        JavaProgram.start(
            variable.isEmpty() ? Map.of() : Map.of(variable, option),
            variable.isEmpty() ? option : "-Da=b",
            "-XX:-UsePerfData")) {
      assertThat(attach.refusal(program.pid()).orElseThrow())
          .contains("options in a file (" + told + ")")
          .doesNotContain(directory.toString());
      assertThatThrownBy(() -> ask(program, "VM.version"))
          .isInstanceOf(JvmAttach.RefusedException.class);
      assertThat(program.end()).doesNotContain("Full thread dump");
    }
  }

  @Test
  void aJvmWhoseOptionsAreInAFileIsAskedWhereItsCountersTell(@TempDir Path directory)
      throws Exception {
    var options = Files.writeString(directory.resolve("options"), "-Da=b\n");
    try (var program = JavaProgram.start("@" + options)) {
      assertThat(ask(program, "VM.version")).contains("version 25");
    }
  }

  @Test
  void anotherProcessUnderThePidIsNotSignalled() throws Exception {
    try (var program = JavaProgram.start()) {
      assertThatThrownBy(
              () -> attach.ask(program.pid(), () -> false, "VM.version", DEADLINE, _ -> ""))
          .hasMessageContaining("another one");
      assertThat(program.socket()).doesNotExist();
    }
  }

  @Test
  void aJvmThatDoesNotAnswerInTimeIsLate() throws Exception {
    try (var program = JavaProgram.start()) {
      ask(program, "VM.version");
      var stop = new ProcessBuilder("kill", "-STOP", Long.toString(program.pid()));
      assertThat(stop.start().waitFor()).isZero();
      assertThatThrownBy(
              () ->
                  attach.ask(
                      program.pid(),
                      program::alive,
                      "VM.version",
                      Duration.ofMillis(300),
                      InputStream::readAllBytes))
          .isInstanceOf(JvmAttach.LateException.class)
          .hasMessage("the JVM had not answered after 0.3 s");
    }
  }

  @Test
  void anUnknownCommandIsAnError() throws Exception {
    try (var program = JavaProgram.start()) {
      assertThatThrownBy(() -> ask(program, "No.such_command")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void countersSayWhatTheJvmDoes() throws Exception {
    try (var program = JavaProgram.start("-XX:+UseSerialGC")) {
      ask(program, "GC.run");
      var counters = Counters.of(program.pid(), Path.of("/proc")).orElseThrow().read();
      assertThat(counters.version()).startsWith("25");
      assertThat(counters.collector()).isEqualTo(Collector.SERIAL);
      assertThat(counters.oldCollections()).hasValue(1);
      assertThat(counters.pauseSeconds()).isBetween(0.0001, 10.0);
      assertThat(counters.stoppedSeconds()).isBetween(counters.pauseSeconds(), 60.0);
      assertThat(counters.oldUsed()).isBetween(100_000L, 100_000_000L);
      assertThat(counters.metaspaceUsed()).isPositive();
      assertThat(counters.threads()).isPositive();
      assertThat(counters.classes()).isBetween(300L, 3000L);
    }
  }

  /** Its counters would have said that it can be. */
  @Test
  void aJvmWhoseCountersWereDeletedIsStillAsked() throws Exception {
    try (var program = JavaProgram.start()) {
      Files.delete(CountersFileTest.path(program));
      assertThat(ask(program, "VM.version")).contains("version 25");
    }
  }

  /** As those of a JVM that starts: byte 7 of their file says whether all are written. */
  @Test
  void aJvmWhoseCountersAreNotCompleteIsStillAsked() throws Exception {
    try (var program = JavaProgram.start()) {
      try (var counters =
          FileChannel.open(CountersFileTest.path(program), StandardOpenOption.WRITE)) {
        counters.write(ByteBuffer.allocate(1), 7);
      }
      assertThat(ask(program, "VM.version")).contains("version 25");
    }
  }

  private static boolean isRoot() throws IOException {
    return ProcessStatus.read(Path.of("/proc/self")).fileUid() == 0;
  }

  private String ask(JavaProgram program, String command) throws IOException, InterruptedException {
    return attach.ask(
        program.pid(),
        program::alive,
        command,
        DEADLINE,
        answer -> new String(answer.readAllBytes(), StandardCharsets.UTF_8));
  }
}
