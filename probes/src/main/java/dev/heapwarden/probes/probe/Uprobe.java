package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.go.GoBinary;
import java.nio.file.Path;
import java.util.Objects;

/** How a program names a place in an executable. */
public final class Uprobe {
  private Uprobe() {}

  /**
   * By the function's name where the executable has symbols, else by its offset in the file, which
   * {@link Bpftrace} then lets bpftrace take unseen.
   *
   * @param path plain, of the agent's own making or checked
   * @param function one of {@link GoBinary#functions}
   */
  public static String of(Path path, GoBinary binary, String function) {
    return binary.symbols()
        ? "uprobe:%s:\"%s\"".formatted(path, function)
        : "uprobe:%s:0x%x"
            .formatted(path, Objects.requireNonNull(binary.functions().get(function)).offset());
  }
}
