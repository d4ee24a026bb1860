package dev.heapwarden.probes.objectstore;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Where copies of artefacts go.
 *
 * @param endpoint OBJECT_STORE_ENDPOINT: of a store that is not Amazon's, such as
 *     https://minio.example
 * @param region OBJECT_STORE_REGION: many stores that are not Amazon's take any
 * @param name OBJECT_STORE_BUCKET
 * @param prefix OBJECT_STORE_PREFIX: begins each key, such as clusters/east/
 */
public record Bucket(Optional<URI> endpoint, String region, String name, String prefix) {
  /**
   * Reads the environment.
   *
   * @return empty where no bucket is named
   * @throws IllegalArgumentException when the endpoint is no address over HTTP or HTTPS
   */
  public static Optional<Bucket> of(Map<String, String> environment) {
    var name = environment.getOrDefault("OBJECT_STORE_BUCKET", "");
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Bucket(
                endpoint(environment.getOrDefault("OBJECT_STORE_ENDPOINT", "")),
                environment.getOrDefault("OBJECT_STORE_REGION", "us-east-1"),
                name,
                environment.getOrDefault("OBJECT_STORE_PREFIX", "")));
  }

  private static Optional<URI> endpoint(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.matches("https?://[^/\\s]+/?")) {
      throw new IllegalArgumentException(
          "OBJECT_STORE_ENDPOINT must be such as https://minio.example, found '" + text + "'");
    }
    return Optional.of(URI.create(text));
  }
}
