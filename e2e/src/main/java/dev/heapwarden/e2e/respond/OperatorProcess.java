package dev.heapwarden.e2e.respond;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a {@link KilledOperator} is started: often, and several at once, so with its classes loaded
 * and linked ahead of time, which makes of 1.6 s of CPU up to its first question 0.6 s.
 */
record OperatorProcess(Path cache) {
  private static final String NOBODY = "nobody";

  /**
   * Trains one on an API server that knows nothing.
   *
   * @param directory for what was learnt
   */
  static OperatorProcess trained(Path directory) throws IOException, InterruptedException {
    var trained = new OperatorProcess(directory.resolve("operator.aot"));
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var server = HttpServer.create(loopback, 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(404, -1);
          }
        });
    server.start();
    try {
      var address = "http://127.0.0.1:" + server.getAddress().getPort();
      trained
          .start(
              "-XX:AOTCacheOutput=" + trained.cache(),
              Redirect.DISCARD,
              List.of(address, NOBODY, Duration.ZERO.toString()))
          .waitFor();
    } finally {
      server.stop(0);
    }
    return trained;
  }

  /**
   * Starts one.
   *
   * @param address where the API server answers
   * @param namespace of its leak
   * @param ahead by how much its clock is ahead; negative where it is behind
   */
  Process start(String address, String namespace, Duration ahead) throws IOException {
    return start(
        "-XX:AOTCache=" + cache, Redirect.INHERIT, List.of(address, namespace, ahead.toString()));
  }

  private Process start(String option, Redirect errors, List<String> arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                option));
    command.addAll(List.of("-cp", archives(), KilledOperator.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectOutput(Redirect.DISCARD)
        .redirectError(errors)
        .start();
  }

  /** Of the class path; what is learnt ahead of time is learnt of no directories. */
  private static String archives() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Files.isRegularFile(Path.of(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
