package dev.heapwarden.e2e.corpus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
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
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What an agent answered about one program: an answer a line, in the order in which they came,
 * compressed. The operator's own reader reads them.
 */
public record Trace(List<Answer> answers) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  public Trace {
    answers = List.copyOf(answers);
  }

  /**
   * One answer, without what it said of other programs.
   *
   * @param at when it came, by the clock of the node
   */
  public record Answer(Instant at, SampleBatch batch) {}

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
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var answer = JSON.readTree(line);
        answers.add(
            new Answer(
                Instant.parse(answer.path("at").asText()),
                SampleBatchJson.read(JSON.writeValueAsBytes(answer.path("batch")))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("trace " + file + ": " + e.getMessage(), e);
    }
    return new Trace(answers);
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
        for (var answer : answers) {
          out.write(JSON.writeValueAsString(answer));
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
