package dev.heapwarden.operator.collect;

import dev.heapwarden.operator.report.Measures;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads each agent on from where it was left, page by page, into the store. */
final class AgentReader {
  private static final Logger LOG = LoggerFactory.getLogger(AgentReader.class);

  private final AgentClient client;
  private final SampleStore store;
  private final Clock clock;
  private final Measures measures;
  private final Map<String, Cursor> cursors = new ConcurrentHashMap<>();

  AgentReader(AgentClient client, SampleStore store, Clock clock, Measures measures) {
    this.client = client;
    this.store = store;
    this.clock = clock;
    this.measures = measures;
  }

  /** Forgets how far other agents than these were read. */
  void retain(Collection<String> uids) {
    cursors.keySet().retainAll(uids);
  }

  /**
   * Reads until the agent has no more to say. Pages that came before a failure stay.
   *
   * @throws IOException when it does not answer in time, refuses, or does not make sense
   */
  void readOn(Agent agent) throws IOException, InterruptedException {
    while (readPage(agent)) {}
  }

  private boolean readPage(Agent agent) throws IOException, InterruptedException {
    var cursor = cursors.getOrDefault(agent.uid(), Cursor.START);
    var batch = client.samples(agent, cursor);
    if (batch.more() && batch.samples().isEmpty()) {
      throw new IOException("it says that there are more samples, and gives none");
    }
    store.accept(agent, batch, cursor.resetBy(batch), clock.instant());
    cursors.put(agent.uid(), Cursor.after(batch));
    // What was gone before the first question was not lost on the way.
    if (batch.dropped() > 0 && !cursor.equals(Cursor.START)) {
      measures.samplesDropped(batch.dropped());
      LOG.warn("agent dropped samples agent={} dropped={}", agent.name(), batch.dropped());
    }
    return batch.more();
  }
}
