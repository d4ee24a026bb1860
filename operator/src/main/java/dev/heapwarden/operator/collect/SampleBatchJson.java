package dev.heapwarden.operator.collect;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.detection.sample.Subject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads an agent's answer. Fields that this operator does not know are skipped, so that a newer
 * agent still speaks to it; a signal or origin that it does not know is an error.
 */
public final class SampleBatchJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addMixIn(Subject.class, AnySubject.class)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** Told apart by the fields that only one of them has. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
  @JsonSubTypes({@JsonSubTypes.Type(MapInstance.class), @JsonSubTypes.Type(JavaClass.class)})
  private interface AnySubject {}

  private SampleBatchJson() {}

  /**
   * Reads one batch.
   *
   * @throws IOException when the text is not a batch, with the place of the first mistake
   */
  public static SampleBatch read(byte[] json) throws IOException {
    try {
      var batch = JSON.readValue(json, SampleBatch.class);
      if (batch == null) {
        throw new IOException("not a sample batch: expected a JSON object, found null");
      }
      require(batch.epoch(), "epoch");
      batch.containers().forEach(SampleBatchJson::check);
      batch.samples().forEach(SampleBatchJson::check);
      return batch;
    } catch (Incomplete e) {
      throw new IOException("not a sample batch: " + e.getMessage(), e);
    } catch (JsonProcessingException e) {
      throw new IOException("not a sample batch: " + e.getOriginalMessage(), e);
    }
  }

  private static void check(ContainerState state) {
    check(state.container());
    require(state.policy(), "containers[].policy");
    require(state.runtime(), "containers[].runtime");
    require(state.startedAt(), "containers[].startedAt");
    for (var attachment : state.attachments()) {
      require(attachment.probe(), "containers[].attachments[].probe");
      require(attachment.state(), "containers[].attachments[].state");
    }
  }

  private static void check(Sample sample) {
    check(sample.container());
    require(sample.at(), "samples[].at");
    require(sample.origin(), "samples[].origin");
  }

  private static void check(@Nullable ContainerKey given) {
    var key = require(given, "container");
    require(key.namespace(), "container.namespace");
    require(key.pod(), "container.pod");
    require(key.podUid(), "container.podUid");
    require(key.container(), "container.container");
    require(key.containerId(), "container.containerId");
  }

  /** Jackson gives null for what is absent; records do not say which of their fields may be. */
  private static <T> T require(@Nullable T value, String field) {
    if (value == null) {
      throw new Incomplete("expected " + field + ", found nothing");
    }
    return value;
  }

  private static final class Incomplete extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Incomplete(String message) {
      super(message);
    }
  }
}
