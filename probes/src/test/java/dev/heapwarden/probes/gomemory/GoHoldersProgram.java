package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The Go program that keeps memory in as many ways as leaks do, running. */
public final class GoHoldersProgram extends AnsweringProgram {
  private GoHoldersProgram(Path executable) throws IOException {
    super(executable);
  }

  public static GoHoldersProgram start(String toolchain, String... flags) throws IOException {
    return new GoHoldersProgram(
        GoPrograms.build(
            "go-holders", "holders-" + toolchain + String.join("", flags), toolchain, flags));
  }

  /** From here on one of its variables gains some hundred kilobytes a second or more. */
  public void grows() throws IOException {
    ask("growOn");
  }

  /** That variable gains some megabytes, and no more. */
  public void growsOnce() throws IOException {
    ask("grow");
  }

  HeapHolderReader reader() throws IOException {
    return HeapHolderReader.of(program());
  }

  ProgramText text() throws IOException {
    return ProgramText.open(program(), PROC.mappings(pid(), program().id().inode()));
  }

  Map<String, Double> use(Map<String, String> types) throws IOException {
    var reader = reader();
    try (var opened = reader.open(PROC.directory(pid()))) {
      return reader.use(opened, types);
    }
  }

  HeapHolders read() throws IOException {
    return read(4L << 30, HeapHolderReader.TIME);
  }

  HeapHolders read(long bytes, Duration time) throws IOException {
    var reader = reader();
    try (var opened = reader.open(PROC.directory(pid()), bytes, time);
        var text = text()) {
      return reader.read(opened, text);
    }
  }
}
