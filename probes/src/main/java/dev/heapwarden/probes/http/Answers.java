package dev.heapwarden.probes.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is answered to which question; how it travels is the servers'. */
public final class Answers {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private final SampleBuffer buffer;
  private final Supplier<List<ContainerState>> containers;
  private final Supplier<Optional<String>> unhealthy;
  private final Supplier<Optional<String>> unready;

  /**
   * An answer over HTTP, written as it is sent: no page is ever held as text.
   *
   * @param length of the body in bytes; {@link #LENGTH_UNKNOWN} sends it in chunks
   */
  public record Answer(int status, String type, long length, Body body) {
    /** To HttpExchange.sendResponseHeaders. */
    static final long LENGTH_UNKNOWN = 0;

    static Answer text(int status, String body) {
      return text(status, "text/plain; charset=utf-8", body + "\n");
    }

    static Answer text(int status, String type, String body) {
      return new Answer(
          status, type, LENGTH_UNKNOWN, out -> out.write(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** One line that programs can read too. */
    static Answer refusal(int status, String reason) {
      return text(
          status,
          "application/json",
          JSON.createObjectNode().put("reason", reason).toString() + "\n");
    }

    /** Of a known length, so that one that breaks off is seen to. */
    static Answer file(long size, Path file) {
      return new Answer(200, "application/octet-stream", size, out -> Files.copy(file, out));
    }
  }

  /** Writes the content of an answer. */
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * @param containers every container that is watched now
   * @param unhealthy why the agent is not healthy; empty when it is
   * @param unready what the agent still waits for besides attachments; empty when nothing
   */
  public Answers(
      SampleBuffer buffer,
      Supplier<List<ContainerState>> containers,
      Supplier<Optional<String>> unhealthy,
      Supplier<Optional<String>> unready) {
    this.buffer = buffer;
    this.containers = containers;
    this.unhealthy = unhealthy;
    this.unready = unready;
  }

  /**
   * The samples after a position, a page at a time as {@link SampleBatch} says.
   *
   * @param since EPOCH:SEQUENCE; empty begins with the oldest
   */
  public Answer samples(Optional<String> since) {
    var position = since.isEmpty() ? Optional.of(Position.start()) : Position.parse(since.get());
    if (position.isEmpty()) {
      return Answer.refusal(
          400, "since must be EPOCH:SEQUENCE as an earlier answer gave it, such as 3f2a:17");
    }
    var reading = buffer.since(position.get());
    var batch =
        new SampleBatch(
            reading.epoch(),
            reading.last(),
            reading.dropped(),
            reading.reset(),
            reading.more(),
            containers.get(),
            reading.samples());
    return new Answer(
        200, "application/json", Answer.LENGTH_UNKNOWN, out -> JSON.writeValue(out, batch));
  }

  /** Alive or not, and why. */
  public Answer health() {
    return unhealthy
        .get()
        .map(reason -> Answer.text(503, reason))
        .orElseGet(() -> Answer.text(200, "ok"));
  }

  /** Ready when of every container each probe is attached, or known to be refused. */
  public Answer readiness() {
    return unready
        .get()
        .or(this::pending)
        .map(reason -> Answer.text(503, reason))
        .orElseGet(() -> Answer.text(200, "ok"));
  }

  private Optional<String> pending() {
    return containers.get().stream()
        .flatMap(
            container ->
                container.attachments().stream()
                    .filter(attachment -> attachment.state() == Attachment.State.PENDING)
                    .map(
                        attachment ->
                            "%s of %s/%s/%s: %s"
                                .formatted(
                                    attachment.probe(),
                                    container.container().namespace(),
                                    container.container().pod(),
                                    container.container().container(),
                                    attachment.reason())))
        .findFirst();
  }
}
