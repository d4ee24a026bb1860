package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Files;
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

  /** The java of the JDK of the tests. */
  public static final String OWN =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private static final List<String> CONTAINER =
      List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount");

  private final Process process;

  private JavaProgram(Process process) {
    this.process = process;
  }

  public static JavaProgram start(String... options) throws IOException {
    return start(Map.of(), options);
  }

  /** Starts one with further variables in its environment. */
  static JavaProgram start(Map<String, String> variables, String... options) throws IOException {
    return start(WAITING, OWN, variables, options);
  }

  /** Starts one with another JDK. */
  static JavaProgram startWith(String java, String... options) throws IOException {
    return start(WAITING, java, Map.of(), options);
  }

  /**
   * Starts one of another source.
   *
   * @param source of a program that says when it is ready
   */
  public static JavaProgram start(
      JavaSource source, String java, Map<String, String> variables, String... options)
      throws IOException {
    return start(List.of(java), variables, source.arguments(), options);
  }

  /**
   * Starts one that is pid 1 of a container.
   *
   * @param tmp its /tmp, which others may have too
   */
  static JavaProgram startContained(Path tmp, String... options) throws IOException {
    WAITING.copyTo(tmp);
    var container = new ArrayList<>(CONTAINER);
    container.addAll(
        List.of("sh", "-c", "mount --bind \"$0\" /tmp && exec \"$@\"", tmp.toString(), OWN));
    return start(container, Map.of(), List.of("-cp", "/tmp", WAITING.name()), options);
  }

  /**
   * Starts one that is root of a user namespace in which nobody else has a number.
   *
   * @param classes a directory that anybody may read
   */
  static JavaProgram startAsStranger(Path classes, String... options) throws IOException {
    WAITING.copyTo(classes);
    return start(
        List.of(
            "setpriv",
            "--reuid=1000",
            "--regid=1000",
            "--clear-groups",
            "unshare",
            "--user",
            "--map-root-user",
            OWN),
        Map.of(),
        List.of("-cp", classes.toString(), WAITING.name()),
        options);
  }

  private static JavaProgram start(
      List<String> launcher, Map<String, String> variables, List<String> program, String... options)
      throws IOException {
    var command = new ArrayList<>(launcher);
    command.addAll(List.of(options));
    command.addAll(program);
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

  /** False on a machine that lets nobody make user namespaces. */
  static boolean canBeContained() throws IOException, InterruptedException {
    var container = new ArrayList<>(CONTAINER);
    container.addAll(List.of("mount", "--bind", "/tmp", "/tmp"));
    return new ProcessBuilder(container).start().waitFor() == 0;
  }

  /** Of the JVM, which may be the child of what put it into its container. */
  public long pid() {
    return process.children().map(ProcessHandle::pid).findFirst().orElseGet(process::pid);
  }

  /** Where one that is in no container listens once it is attached to. */
  Path socket() {
    return Path.of("/tmp/.java_pid" + pid());
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Has it end by itself, and gives what it printed since it was ready. */
  String end() throws IOException {
    process.getOutputStream().close();
    return process.inputReader().readAllAsString();
  }

  /** Leaves nothing behind for the next process under its pid. */
  @Override
  public void close() throws IOException {
    var socket = socket();
    process.destroyForcibly();
    Files.deleteIfExists(socket);
  }
}
