package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.ToolProvider;

/**
 * A program of the tests, compiled once: to have each JVM compile it takes longer than most tests.
 *
 * @param name its class
 */
public record JavaSource(String name, String text) {
  /** The oldest Java that any of them is run by. */
  private static final String RELEASE = "17";

  private static final Map<JavaSource, Path> COMPILED = new ConcurrentHashMap<>();

  /** What java has to be told to run it. */
  public List<String> arguments() {
    return List.of("-cp", compiled().toString(), name);
  }

  /** Copies its class to where a program can read it that does not see these directories. */
  void copyTo(Path directory) throws IOException {
    var file = name + ".class";
    Files.copy(
        compiled().resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path compiled() {
    return COMPILED.computeIfAbsent(this, JavaSource::compile);
  }

  private static Path compile(JavaSource source) {
    try {
      var programs = Files.createDirectories(Path.of("target", "programs").toAbsolutePath());
      var directory = Files.createTempDirectory(programs, source.name + "-");
      var file = Files.writeString(directory.resolve(source.name + ".java"), source.text);
      var status =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, "-Xlint:none", "--release", RELEASE, file.toString());
      if (status != 0) {
        throw new IllegalStateException("javac ended with " + status);
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
