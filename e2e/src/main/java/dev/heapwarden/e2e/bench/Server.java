package dev.heapwarden.e2e.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A program that serves on a loopback port, ended with this object, or with this process. */
final class Server implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  private static final List<String> TIED = List.of("setpriv", "--pdeathsig", "KILL", "--");

  private final Process process;
  private final InetSocketAddress address;

  private Server(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  static InetSocketAddress freeAddress() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
  }

  /** Starts a program that will serve there, and waits until it does. */
  static Server start(
      List<String> command, Map<String, String> environment, InetSocketAddress address)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(Stream.concat(TIED.stream(), command.stream()).toList())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    var server = new Server(builder.start(), address);
    long end = System.nanoTime() + START.toNanos();
    while (!server.answers()) {
      if (!server.process.isAlive() || System.nanoTime() - end > 0) {
        server.close();
        throw new IOException(command.getFirst() + " does not serve on " + address);
      }
      Thread.sleep(100);
    }
    return server;
  }

  long pid() {
    return process.pid();
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * CPU time of its threads so far, what the kernel does in their name included. The scheduler's
   * own sum in nanoseconds (/proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst):
   * ticks of 10 ms are too coarse for a phase of seconds.
   */
  long cpuNanos() throws IOException {
    long sum = 0;
    try (var threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      for (var thread : threads) {
        var stat = Files.readString(thread.resolve("schedstat"));
        sum += Long.parseLong(stat.substring(0, stat.indexOf(' ')));
      }
    }
    return sum;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(address, 1_000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
