package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HeldTest {
  @TempDir private Path root;

  /** As a container would do that wants the agent to write and read elsewhere. */
  @Test
  void aDirectoryThatIsExchangedForALinkStaysTheOneThatWasLookedAt() throws Exception {
    var victim = Files.createDirectory(root.resolve("victim"));
    var tmp = Files.createDirectory(root.resolve("tmp"));
    try (var held = Held.directory(tmp)) {
      Files.move(tmp, root.resolve("moved"));
      Files.createSymbolicLink(tmp, victim);

      Files.createFile(held.path().resolve("trigger"));
    }
    assertThat(root.resolve("moved/trigger")).exists();
    assertThat(victim).isEmptyDirectory();
  }

  /** Reading it would wait for somebody who writes. */
  @Test
  @Timeout(20)
  void aPipeIsNoFile() throws Exception {
    var pipe = root.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> Held.file(pipe)).hasMessage("is no regular file: pipe");
    assertThatThrownBy(() -> Held.file(root)).isInstanceOf(IOException.class);
  }

  @Test
  void aLinkIsNoDirectoryAndLeadsNowhere() throws Exception {
    var victim = Files.createFile(root.resolve("victim"));
    var link = Files.createSymbolicLink(root.resolve("link"), victim);

    assertThatThrownBy(() -> Held.directory(link)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Held.file(link)).isInstanceOf(IOException.class);
    try (var held = Held.any(link)) {
      assertThatThrownBy(() -> Files.readString(held.path())).isInstanceOf(IOException.class);
    }
  }
}
