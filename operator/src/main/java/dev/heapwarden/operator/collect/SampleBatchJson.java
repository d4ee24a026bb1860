package dev.heapwarden.operator.collect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.detection.sample.SampleBatch;
import java.io.IOException;

/**
 * Reads an agent's answer. Fields that this operator does not know are skipped, so that a newer
 * agent still speaks to it; a signal or origin that it does not know is an error.
 */
final class SampleBatchJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private SampleBatchJson() {}

  /**
   * Reads one batch.
   *
   * @throws IOException when the text is not a batch, with the place of the first mistake
   */
  static SampleBatch read(byte[] json) throws IOException {
    try {
      var batch = JSON.readValue(json, SampleBatch.class);
      if (batch == null) {
        throw new IOException("not a sample batch: expected a JSON object, found null");
      }
      return batch;
    } catch (JsonProcessingException e) {
      throw new IOException("not a sample batch: " + e.getOriginalMessage(), e);
    }
  }
}
