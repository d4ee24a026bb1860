package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** An executable file on this node, whatever path leads to it. */
public record ExecutableId(long device, long inode) {
  /** Identity of the file at a path, links followed. */
  public static ExecutableId of(Path path) throws IOException {
    return new ExecutableId(number(path, "unix:dev"), number(path, "unix:ino"));
  }

  private static long number(Path path, String attribute) throws IOException {
    return ((Number) Objects.requireNonNull(Files.getAttribute(path, attribute))).longValue();
  }
}
