package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.detection.sample.SampleBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleBatchJsonTest {
  @Test
  void whatAnAgentWritesIsReadBackUnchanged() throws IOException {
    var batch =
        Answers.batch(
            "3f2a",
            List.of(Answers.CHECKOUT, Answers.SIDECAR),
            List.of(
                Answers.reading(1, Answers.CHECKOUT),
                Answers.mapGrowth(2, Answers.CHECKOUT, "0xc000010000")));

    assertThat(SampleBatchJson.read(written(batch))).isEqualTo(batch);
  }

  @Test
  void aNewerAgentsExtraFieldsDoNotMatter() throws IOException {
    var json = text(written(Answers.batch("e", List.of(Answers.CHECKOUT), List.of())));

    var read = SampleBatchJson.read(bytes(json.replaceFirst("\\{", "{\"hostname\":\"n1\",")));

    assertThat(read.containers()).hasSize(1);
  }

  @Test
  void aSignalThatIsNotKnownIsNamed() {
    var json =
        text(written(Answers.batch("e", List.of(), List.of(Answers.reading(1, Answers.CHECKOUT)))))
            .replace("ANONYMOUS_MEMORY", "SWAP");

    assertThatThrownBy(() -> SampleBatchJson.read(bytes(json)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SWAP");
  }

  @Test
  void aSampleWithoutItsContainerIsRefusedWithTheFieldThatIsMissing() {
    var json =
        text(written(Answers.batch("e", List.of(), List.of(Answers.reading(1, Answers.CHECKOUT)))))
            .replace("\"podUid\":\"uid-1\",", "");

    assertThatThrownBy(() -> SampleBatchJson.read(bytes(json)))
        .isInstanceOf(IOException.class)
        .hasMessage("not a sample batch: expected container.podUid, found nothing");
  }

  @Test
  void whatIsNoBatchIsRefused() {
    for (var text : List.of("", "null", "[]", "{}", "<html>", "{\"epoch\":\"e\"}")) {
      assertThatThrownBy(() -> SampleBatchJson.read(bytes(text)))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("not a sample batch: ");
    }
  }

  private static byte[] written(SampleBatch batch) {
    try {
      return JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build()
          .writeValueAsBytes(batch);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
