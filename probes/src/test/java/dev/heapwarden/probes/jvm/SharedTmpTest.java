package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real JVMs, in namespaces of their own where they are containers. */
class SharedTmpTest {
  private static final String FOREIGN = "another process listens on .java_pid%d in its /tmp";

  private final JvmAttach attach = new JvmAttach(Path.of("/proc"));
  @TempDir private Path tmp;

  /** Two containers of a pod with one emptyDir. */
  @Test
  void ofTwoJvmsOfOneInnerPidTheOneMeantIsAskedOrNone() throws Exception {
    assumeThat(JavaProgram.canBeContained()).isTrue();
    try (var first = JavaProgram.startContained(tmp, "-Dname=first");
        var second = JavaProgram.startContained(tmp, "-Dname=second")) {
      assertThat(ask(first, "VM.command_line")).contains("-Dname=first");
      assertRefused(second, FOREIGN.formatted(1));

      Files.delete(tmp.resolve(".java_pid1"));
      assertThat(ask(second, "VM.command_line")).contains("-Dname=second");
      assertRefused(first, FOREIGN.formatted(1));
      assertThat(first.end() + second.end()).doesNotContain("Full thread dump");
    }
  }

  @Test
  void whoeverListensInTheJvmsPlaceHearsNothing() throws Exception {
    try (var program = JavaProgram.start();
        var impostor = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      impostor.bind(UnixDomainSocketAddress.of(program.socket()));
      assertRefused(program, FOREIGN.formatted(program.pid()));
      try (var heard = impostor.accept()) {
        assertThat(heard.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    }
  }

  @Test
  void aSocketThatAKilledJvmLeftIsTakenOverByTheJvmUnderItsPid() throws Exception {
    try (var program = JavaProgram.start()) {
      leaveSocket(program);
      assertThat(attach.refusal(program.pid())).isEmpty();
      assertThat(ask(program, "VM.version")).contains("version 25");
    }
  }

  @Test
  void aSocketThatAKilledJvmLeftDoesNotSayThatTheJvmUnderItsPidMayBeAsked(@TempDir Path directory)
      throws Exception {
    var options = Files.writeString(directory.resolve("options"), "-Da=b\n");
    try (var program = JavaProgram.start("@" + options, "-XX:-UsePerfData")) {
      leaveSocket(program);
      assertRefused(program, "options in a file");
      assertThat(program.end()).doesNotContain("Full thread dump");
    }
  }

  private static void leaveSocket(JavaProgram program) throws IOException {
    try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(program.socket()));
    }
  }

  private void assertRefused(JavaProgram program, String reason) throws IOException {
    assertThat(attach.refusal(program.pid()).orElseThrow()).contains(reason);
    assertThatThrownBy(() -> ask(program, "VM.version"))
        .isInstanceOf(JvmAttach.RefusedException.class)
        .hasMessageContaining(reason);
    assertThat(program.alive()).isTrue();
  }

  private String ask(JavaProgram program, String command) throws IOException, InterruptedException {
    return attach.ask(
        program.pid(),
        program::alive,
        command,
        Duration.ofSeconds(20),
        answer -> new String(answer.readAllBytes(), StandardCharsets.UTF_8));
  }
}
