package dev.heapwarden.e2e.corpus;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.operator.collect.SampleBatchJson;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What an agent answered about one program: an answer a line, in the order in which they came, and
 * then the snapshots that were taken of it, compressed. The operator's own reader reads the
 * answers.
 */
public record Trace(List<Answer> answers, List<Snapshot> snapshots) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addMixIn(MemorySnapshotStatus.class, WithoutNode.class)
          .addMixIn(MemorySnapshotStatus.Artifact.class, WithoutFile.class)
          .build();

  public Trace {
    answers = List.copyOf(answers);
    snapshots = List.copyOf(snapshots);
  }

  @JsonIgnoreProperties("node")
  private interface WithoutNode {}

  @JsonIgnoreProperties({"sha256", "path", "object"})
  private interface WithoutFile {}

  /**
   * One answer, without what it said of other programs.
   *
   * @param at when it came, by the clock of the node
   */
  public record Answer(Instant at, SampleBatch batch) {}

  /**
   * A snapshot that its incident ordered, without what names the node and its files.
   *
   * @param at when it was completed, by the clock of the node
   */
  public record Snapshot(Instant at, MemorySnapshotStatus snapshot) {}

  /** Where a program's trace lies. */
  public static Path file(Path directory, Program program) {
    return directory.resolve("traces").resolve(program.name() + ".ndjson.gz");
  }

  /**
   * Reads one.
   *
   * @throws UncheckedIOException when it is not there, or is no trace
   */
  public static Trace read(Path file) {
    var answers = new ArrayList<Answer>();
    var snapshots = new ArrayList<Snapshot>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var told = JSON.readTree(line);
        if (told.has("snapshot")) {
          snapshots.add(JSON.treeToValue(told, Snapshot.class));
        } else {
          answers.add(
              new Answer(
                  Instant.parse(told.path("at").asText()),
                  SampleBatchJson.read(JSON.writeValueAsBytes(told.path("batch")))));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("trace " + file + ": " + e.getMessage(), e);
    }
    return new Trace(answers, snapshots);
  }

  /** Writes it whole, or not at all. */
  public void write(Path file) {
    try {
      Files.createDirectories(file.getParent());
      var unfinished = Files.createTempFile(file.getParent(), ".trace", null);
      try (var out =
          new BufferedWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(Files.newOutputStream(unfinished)),
                  StandardCharsets.UTF_8))) {
        for (var line : Stream.concat(answers.stream(), snapshots.stream()).toList()) {
          out.write(JSON.writeValueAsString(line));
          out.write('\n');
        }
      }
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
