package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The options that a JVM was started with: those of its command line, and of variables that the
 * launcher and the VM read (JDK 17 and 25, src/java.base/share/native/libjli/args.c and
 * src/hotspot/share/runtime/arguments.cpp).
 *
 * @param directory of the process in /proc
 */
record Launch(Path directory) {
  private static final String OF_LAUNCHER = "JDK_JAVA_OPTIONS";
  private static final List<String> OF_VM = List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  /** A command line or environment is read no further. */
  private static final int LENGTH = 1 << 20;

  /** The command line without the program. */
  List<String> arguments() throws IOException {
    return words("cmdline").skip(1).toList();
  }

  List<String> ofLauncher() throws IOException {
    return options(List.of(OF_LAUNCHER));
  }

  List<String> ofVm() throws IOException {
    return options(OF_VM);
  }

  /** Whether a text is anywhere among them, or in other variables. */
  boolean mentions(String text) throws IOException {
    return read("cmdline").contains(text) || read("environ").contains(text);
  }

  /** All of them, those first that others override. */
  List<String> all() throws IOException {
    return Stream.of(
            options(OF_VM.subList(0, 1)), ofLauncher(), arguments(), options(OF_VM.subList(1, 2)))
        .flatMap(List::stream)
        .toList();
  }

  /** What variables of its environment hold; a quote may be anywhere in an option. */
  private List<String> options(List<String> variables) throws IOException {
    return words("environ")
        .filter(variable -> variables.contains(name(variable)))
        .flatMap(
            variable ->
                Stream.of(
                    variable
                        .substring(name(variable).length() + 1)
                        .replaceAll("[\"']", "")
                        .split("\\s+", -1)))
        .toList();
  }

  private static String name(String variable) {
    return variable.substring(0, Math.max(0, variable.indexOf('=')));
  }

  private Stream<String> words(String file) throws IOException {
    return Stream.of(read(file).split("\0", -1));
  }

  private String read(String file) throws IOException {
    try (var words = Files.newInputStream(directory.resolve(file))) {
      return new String(words.readNBytes(LENGTH), ProcFs.ANY_BYTES);
    }
  }
}
