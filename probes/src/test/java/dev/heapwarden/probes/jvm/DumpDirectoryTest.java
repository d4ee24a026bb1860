package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpDirectoryTest {
  private static final Path TMP = Path.of("/tmp");

  @TempDir private Path root;
  private Path tmp = TMP;

  @BeforeEach
  void container() throws IOException {
    tmp = Files.createDirectory(root.resolve("tmp"));
  }

  @Test
  void whoeverRunsTheJvmCanWriteItAndNobodyCanListIt() throws Exception {
    try (var directory = DumpDirectory.create(root, TMP)) {
      assertThat(directory.path().toString()).matches("/tmp/\\.heapwarden-[0-9a-f]{32}");
      assertThat(Files.getPosixFilePermissions(inside(directory)))
          .isEqualTo(PosixFilePermissions.fromString("rwx-wx-wx"));
    }
  }

  @Test
  void itEndsWithAllThatIsInIt() throws Exception {
    try (var directory = DumpDirectory.create(root, TMP)) {
      Files.writeString(inside(directory).resolve("dump"), "objects");
      Files.writeString(inside(directory).resolve("dump.p0"), "a segment");
    }
    assertThat(tmp).isEmptyDirectory();
  }

  @Test
  void aLinkInItsPlaceLeadsNowhere() throws Exception {
    var secret = Files.writeString(root.resolve("secret"), "of the agent");
    try (var directory = DumpDirectory.create(root, TMP)) {
      Files.createSymbolicLink(inside(directory).resolve("dump"), secret);
      try (var file = directory.file("dump")) {
        assertThat(file.type()).isEqualTo(0120000);
      }
    }
    assertThat(tmp).isEmptyDirectory();
    assertThat(secret).exists();
  }

  @Test
  void whoeverPutsADirectoryIntoItKeepsOnlyThat() throws Exception {
    try (var directory = DumpDirectory.create(root, TMP)) {
      Files.writeString(inside(directory).resolve("dump"), "objects");
      Files.createDirectories(inside(directory).resolve("theirs/too"));
    }
    try (var files = Files.walk(tmp)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  /** As after an agent that was killed. */
  @Test
  void whatWasLeftIsFoundByItsNameAndDeletedOnceItIsOld() throws Exception {
    var left = tmp.resolve(".heapwarden-" + "0123456789abcdef".repeat(2));
    Files.writeString(Files.createDirectory(left).resolve("dump"), "objects");
    var theirs = Files.createDirectory(tmp.resolve(".heapwarden-notes"));

    DumpDirectory.sweep(root, TMP, Instant.now().minusSeconds(60));
    assertThat(left).exists();
    DumpDirectory.sweep(root, TMP, Instant.now().plusSeconds(60));
    assertThat(left).doesNotExist();
    assertThat(theirs).exists();
  }

  /** In whatever order the directory lists them. */
  @Test
  void whoeverPutsSomethingInTheWayKeepsNoDump() throws Exception {
    for (int i = 0; i < 20; i++) {
      Files.writeString(tmp.resolve(left(3 * i)), "no directory");
      Files.createDirectories(tmp.resolve(left(3 * i + 1)).resolve("theirs/too"));
      Files.writeString(tmp.resolve(left(3 * i + 1)).resolve("dump"), "objects");
      Files.writeString(
          Files.createDirectory(tmp.resolve(left(3 * i + 2))).resolve("dump"), "objects");
    }

    DumpDirectory.sweep(root, TMP, Instant.now().plusSeconds(60));
    try (var files = Files.walk(tmp)) {
      assertThat(files.filter(file -> file.endsWith("dump"))).isEmpty();
    }
  }

  private static String left(int number) {
    return ".heapwarden-%032x".formatted(number);
  }

  private Path inside(DumpDirectory directory) {
    return root.resolve(Path.of("/").relativize(directory.path()));
  }
}
