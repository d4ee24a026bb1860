package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** What is in an artefact, for whoever reads it as docs/artifacts.md says. */
final class Unzipped {
  private Unzipped() {}

  static String text(Path file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(bytes(file));
  }

  private static byte[] bytes(Path file) throws IOException {
    try (var input = new GZIPInputStream(Files.newInputStream(file))) {
      return input.readAllBytes();
    }
  }
}
