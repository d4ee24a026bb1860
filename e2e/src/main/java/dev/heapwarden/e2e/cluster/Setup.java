package dev.heapwarden.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What {@code e2e/setup} has made.
 *
 * @param engine the Docker engine's socket
 * @param address where the ports that its containers publish are reached; empty where
 *     Testcontainers is to find out
 * @param nodeImage the image of the cluster's node, present in that engine
 * @param images the directory of the images that pods use, as archives
 */
record Setup(URI engine, Optional<String> address, String nodeImage, Path images) {

  /** Makes what is missing or has changed; a few hundred milliseconds if nothing has. */
  static Setup make(Map<String, String> environment) {
    Scripts.run(environment, "setup");
    return read().orElseThrow(() -> new IllegalStateException("e2e/setup left no " + file()));
  }

  /** What was made last, if anything was. */
  static Optional<Setup> read() {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file())) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(
        new Setup(
            URI.create(required(properties, "docker.host")),
            Optional.ofNullable(properties.getProperty("docker.address")),
            required(properties, "node.image"),
            Path.of(required(properties, "images"))));
  }

  private static String required(Properties properties, String key) {
    var value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalStateException(file() + " has no " + key + ": run e2e/setup");
    }
    return value;
  }

  private static Path file() {
    return Scripts.cache().resolve("setup.properties");
  }
}
