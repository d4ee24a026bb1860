package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A directory of the agent's own in a container, for one dump: whatever stands in it can be deleted
 * without owning it, also where only owners may delete. Any user of the container may put a file
 * there, nobody may list it, and no name can be guessed.
 */
final class DumpDirectory implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("\\.heapwarden-[0-9a-f]{32}");
  private static final String OPEN_TO_WRITE = "rwx-wx-wx";

  /** Whoever fills a directory does not keep the agent busy with it. */
  private static final int ENTRIES = 10_000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Held parent;
  private final Held directory;
  private final Path path;

  private DumpDirectory(Held parent, Held directory, Path path) {
    this.parent = parent;
    this.directory = directory;
    this.path = path;
  }

  /**
   * Makes one.
   *
   * @param root of the container, from the agent's view
   * @param place in the container
   */
  static DumpDirectory create(Path root, Path place) throws IOException {
    var parent = Held.below(root, place);
    try {
      var name = ".heapwarden-" + unguessable();
      var made = parent.path().resolve(name);
      Files.createDirectory(
          made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      var mine = new DumpDirectory(parent, Held.directory(made), place.resolve(name));
      mine.open();
      return mine;
    } catch (IOException | RuntimeException failure) {
      parent.close();
      throw failure;
    }
  }

  private void open() throws IOException {
    try {
      if (!isOurs(directory)) {
        throw new IOException("another directory was put in the place of ours");
      }
      Files.setPosixFilePermissions(
          directory.path(), PosixFilePermissions.fromString(OPEN_TO_WRITE));
    } catch (IOException | RuntimeException failure) {
      directory.close();
      throw failure;
    }
  }

  static String unguessable() {
    var bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** As the container has it. */
  Path path() {
    return path;
  }

  /**
   * Holds a file in it.
   *
   * @throws IOException when there is none
   */
  Held file(String name) throws IOException {
    return Held.any(directory.path().resolve(name));
  }

  /**
   * Deletes a file in it.
   *
   * @throws IOException when it is there still
   */
  void delete(String name) throws IOException {
    Files.deleteIfExists(directory.path().resolve(name));
  }

  /** Deletes it with all that is in it; what cannot be deleted now is left to {@link #sweep}. */
  @Override
  public void close() {
    try (parent;
        directory) {
      delete(parent, directory, path.getFileName());
    } catch (IOException | DirectoryIteratorException _) {
      // Somebody of the container put a directory into it.
    }
  }

  /** Deletes those that agents made here before a time and that their end left. */
  static void sweep(Path root, Path place, Instant before) throws IOException {
    try (var parent = Held.below(root, place);
        var entries = Files.newDirectoryStream(parent.path())) {
      int looked = 0;
      for (var entry : entries) {
        if (NAME.matcher(entry.getFileName().toString()).matches()) {
          sweep(parent, entry.getFileName(), before);
        }
        if (++looked == ENTRIES) {
          return;
        }
      }
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
  }

  private static void sweep(Held parent, Path name, Instant before) {
    try (var directory = Held.directory(parent.path().resolve(name))) {
      if (isOurs(directory)
          && Files.getLastModifiedTime(directory.path()).compareTo(FileTime.from(before)) < 0) {
        delete(parent, directory, name);
      }
    } catch (IOException | DirectoryIteratorException _) {
      // No directory, or somebody put one into it: what comes after it goes all the same.
    }
  }

  private static void delete(Held parent, Held directory, Path name) throws IOException {
    try (var files = Files.newDirectoryStream(directory.path())) {
      int looked = 0;
      for (var file : files) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException _) {
          // A directory with something in it: the others go all the same.
        }
        if (++looked == ENTRIES) {
          break;
        }
      }
    }
    Files.deleteIfExists(parent.path().resolve(name));
  }

  private static boolean isOurs(Held directory) throws IOException {
    return directory.owner() == (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
