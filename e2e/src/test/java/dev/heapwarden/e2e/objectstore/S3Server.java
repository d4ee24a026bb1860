package dev.heapwarden.e2e.objectstore;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code e2e/versitygw} on a port of loopback: a bucket is a directory, an object a file in it. */
final class S3Server implements AutoCloseable {
  static final String KEY = "heapwarden";
  static final String SECRET = "not-a-secret";

  private static final Path SCRIPT =
      Path.of(System.getProperty("heapwarden.root")).resolve("e2e/versitygw");

  private final Path buckets;
  private final int port;
  private Process process;

  S3Server(Path directory) throws IOException {
    buckets = Files.createDirectory(directory.resolve("buckets"));
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    process = start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  Path bucket(String name) throws IOException {
    return Files.createDirectories(buckets.resolve(name));
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  void restart() throws IOException {
    process = start();
  }

  private Process start() throws IOException {
    var builder =
        new ProcessBuilder(
                SCRIPT.toString(), "--port", "127.0.0.1:" + port, "posix", buckets.toString())
            .redirectErrorStream(true)
            .redirectOutput(buckets.resolveSibling("s3.log").toFile());
    builder.environment().putAll(Map.of("ROOT_ACCESS_KEY", KEY, "ROOT_SECRET_KEY", SECRET));
    var started = builder.start();
    // The first time the script builds the server.
    await().atMost(5, TimeUnit.MINUTES).until(this::listens);
    return started;
  }

  private boolean listens() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void close() {
    kill();
  }
}
