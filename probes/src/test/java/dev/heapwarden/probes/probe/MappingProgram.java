package dev.heapwarden.probes.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads a file that it has mapped, and again for each line of its input. */
final class MappingProgram {
  private MappingProgram() {}

  static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            MappingProgram.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  public static void main(String[] arguments) throws IOException {
    try (var channel = FileChannel.open(Path.of(arguments[0]));
        var lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      var mapped = channel.map(MapMode.READ_ONLY, 0, channel.size());
      do {
        mapped.load();
        System.out.println("read");
      } while (lines.readLine() != null);
    }
  }
}
