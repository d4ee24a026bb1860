package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a container's log, as the kubelet and the container runtime treat it. */
class FollowedFileTest {
  private static final int ALL = 1 << 20;

  @TempDir private Path root;
  private Path directory;
  private Path log;
  private final List<String> read = new ArrayList<>();
  private final Lines.Reader reader =
      new Lines.Reader() {
        @Override
        public void line(String text, boolean cut) {
          read.add(cut ? "cut" : text);
        }

        @Override
        public void gap() {
          read.add("gap");
        }
      };
  private FollowedFile file;

  @BeforeEach
  void write() throws IOException {
    directory = Files.createDirectories(root.resolve("shop_web-1_uid/web"));
    log = Files.writeString(directory.resolve("0.log"), "start\n");
    file = new FollowedFile(() -> new PodLogs(root).newest(Web.KEY));
    file.open(reader);
  }

  @AfterEach
  void close() {
    file.close();
  }

  @Test
  void linesAreReadOnceTheyAreWhole() throws IOException {
    append("one\ntw");
    assertThat(file.read(ALL, reader)).isEqualTo(new FollowedFile.Progress(6, 0));
    append("o\n");
    assertThat(file.read(ALL, reader)).isEqualTo(new FollowedFile.Progress(2, 0));
    assertThat(file.read(ALL, reader)).isEqualTo(new FollowedFile.Progress(0, 0));

    assertThat(read).containsExactly("start", "one", "two");
  }

  @Test
  void aLongLogIsReadAtItsBeginningAndOn() throws IOException {
    append("x\n".repeat(FollowedFile.HEAD));
    read.clear();
    try (var other = new FollowedFile(() -> new PodLogs(root).newest(Web.KEY))) {
      other.open(reader);
      append("new\n");
      other.read(ALL, reader);
    }

    assertThat(read).startsWith("start", "x").endsWith("x", "gap", "new").hasSizeLessThan(40_000);
  }

  /** The runtime goes on writing for a moment into the log that the kubelet has renamed. */
  @Test
  void nothingIsLostWhenTheKubeletRotates() throws IOException {
    try (var old = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
      Files.move(log, directory.resolve("0.log.20261122-074451"));
      write(old, "between\n");
      file.read(ALL, reader);
      Files.writeString(log, "new\n");
      file.read(ALL, reader);
      write(old, "late\n");
      file.read(ALL, reader);
      file.read(ALL, reader);
    }

    assertThat(read).containsExactly("start", "between", "late", "new");
  }

  @Test
  void afterARestartTheNewLogIsRead() throws IOException {
    Files.writeString(directory.resolve("1.log"), "again\n");
    Files.writeString(directory.resolve("9.log.20261122-074451"), "rotated\n");
    for (int i = 0; i < 3; i++) {
      file.read(ALL, reader);
    }

    assertThat(read).containsExactly("start", "again");
  }

  @Test
  void aLogThatWasCutOffIsReadFromItsBeginning() throws IOException {
    Files.writeString(log, "cut\n");
    file.read(ALL, reader);

    assertThat(read).containsExactly("start", "gap", "cut");
  }

  @Test
  void whatIsWrittenFasterThanItIsReadIsPassedOver() throws IOException {
    append("flood\n".repeat(FollowedFile.BEHIND));

    assertThat(file.read(ALL, reader))
        .isEqualTo(new FollowedFile.Progress(ALL, 5L * FollowedFile.BEHIND));
    assertThat(read.size()).isLessThan(ALL / "flood\n".length() + 3);
  }

  @Test
  void ofALineThatIsTooLongOnlyItsBeginningIsKept() throws IOException {
    append("x".repeat(3 * Lines.LONGEST) + "\nnext\n");
    file.read(ALL, reader);

    assertThat(read).containsExactly("start", "cut", "next");
  }

  /** Whatever a symbolic link leads to, it is none of the container's logs. */
  @Test
  void aSymbolicLinkIsNotFollowed() throws IOException {
    var secret = Files.writeString(root.resolve("secret"), "secret\n");
    Files.delete(log);
    Files.createSymbolicLink(log, secret);
    try (var other = new FollowedFile(() -> new PodLogs(root).newest(Web.KEY))) {
      assertThatThrownBy(() -> other.open(reader)).isInstanceOf(IOException.class);
    }
    Files.delete(log);
    Files.move(directory, root.resolve("elsewhere"));
    Files.createSymbolicLink(directory, root.resolve("elsewhere"));
    Files.writeString(directory.resolve("0.log"), "secret\n");
    try (var other = new FollowedFile(() -> new PodLogs(root).newest(Web.KEY))) {
      assertThatThrownBy(() -> other.open(reader)).isInstanceOf(IOException.class);
    }

    assertThat(read).containsExactly("start");
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.APPEND);
  }

  private static void write(OutputStream stream, String text) throws IOException {
    stream.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
