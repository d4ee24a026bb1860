package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.SampleBatch;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * How far one agent's samples have been read.
 *
 * @param epoch of the agent's buffer
 * @param last sequence of the newest sample that was read
 */
public record Cursor(String epoch, long last) {
  /** An epoch that no agent has: answered from the oldest sample on. */
  public static final Cursor START = new Cursor("none", 0);

  public static Cursor after(SampleBatch batch) {
    return new Cursor(batch.epoch(), batch.last());
  }

  /** True when the batch does not continue this cursor: what was read before is void. */
  public boolean resetBy(SampleBatch batch) {
    return batch.reset() || !batch.epoch().equals(epoch);
  }

  String query() {
    return "since=" + URLEncoder.encode(epoch, StandardCharsets.UTF_8) + ":" + last;
  }
}
