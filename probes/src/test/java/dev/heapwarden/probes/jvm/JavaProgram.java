package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real JVM of its own that waits until it is closed. */
public final class JavaProgram implements AutoCloseable {
  private static final JavaSource WAITING =
      new JavaSource(
          "Waiting",
          """
          public class Waiting {
            public static void main(String[] args) throws Exception {
              System.out.println("ready");
              System.in.read();
            }
          }
          """);

  private final Process process;

  private JavaProgram(Process process) {
    this.process = process;
  }

  public static JavaProgram start(String... options) throws IOException {
    return start(Map.of(), options);
  }

  /** Starts one with further variables in its environment. */
  static JavaProgram start(Map<String, String> variables, String... options) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(WAITING.arguments());
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    var process = builder.start();
    var output = process.inputReader();
    for (var line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IOException("the JVM ended before it was ready");
      }
    }
    return new JavaProgram(process);
  }

  public long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Has it end by itself, and gives what it printed since it was ready. */
  String end() throws IOException {
    process.getOutputStream().close();
    return process.inputReader().readAllAsString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
