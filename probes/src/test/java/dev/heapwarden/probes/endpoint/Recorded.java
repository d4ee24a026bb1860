package dev.heapwarden.probes.endpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Answers of real programs, as they came. */
final class Recorded {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("heapwarden.root"), "probes/src/test/resources/endpoint");

  private Recorded() {}

  /** Of a program with client_golang 1.25 and one histogram, in the older format. */
  static byte[] clientGolang() throws IOException {
    return Files.readAllBytes(DIRECTORY.resolve("client_golang-1.25.txt"));
  }

  /** The same in the newer one. */
  static byte[] openMetrics() throws IOException {
    return Files.readAllBytes(DIRECTORY.resolve("client_golang-1.25.openmetrics.txt"));
  }

  /** Of Go 1.26. */
  static byte[] expvar() throws IOException {
    return Files.readAllBytes(DIRECTORY.resolve("expvar-1.26.json"));
  }

  static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
