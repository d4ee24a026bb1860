package dev.heapwarden.operator.collect;

import dev.heapwarden.operator.report.Measures;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every agent for its new samples at a fixed interval, page by page, each on a virtual thread.
 */
public final class Collector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  private final Agents directory;
  private final SampleStore store;
  private final Duration interval;
  private final Clock clock;
  private final Measures measures;
  private final AgentClient client;
  private final AgentReader reader;
  private final Set<String> asking = ConcurrentHashMap.newKeySet();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private volatile Instant roundAt;
  private final ExecutorService questions = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("collect").factory());

  public Collector(
      Agents directory,
      AgentToken token,
      SampleStore store,
      Duration interval,
      Clock clock,
      Measures measures) {
    this.directory = directory;
    this.store = store;
    this.interval = interval;
    this.clock = clock;
    this.roundAt = clock.instant();
    this.measures = measures;
    this.client = new AgentClient(token);
    this.reader = new AgentReader(client, store, clock, measures);
  }

  public void start() {
    roundAt = clock.instant();
    var _ = rounds.scheduleAtFixedRate(this::round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Says which authorities agents' certificates may come from, and asks all agents at once; until
   * then none is asked.
   */
  public void trust(List<X509Certificate> authorities) {
    client.trust(authorities);
    rounds.execute(this::round);
  }

  /** Time since the last round began, or since the first was ordered. */
  public Duration sinceRound() {
    return Duration.between(roundAt, clock.instant());
  }

  private void round() {
    roundAt = clock.instant();
    try {
      if (!directory.synced()) {
        return;
      }
      var agents = directory.agents();
      store.agents(agents, clock.instant());
      reader.retain(agents.stream().map(Agent::uid).toList());
      if (!client.trusts()) {
        agents.forEach(agent -> store.failed(agent, AgentClient.NO_AUTHORITY));
        return;
      }
      for (var agent : agents) {
        // An agent that is slower than the interval is asked once at a time.
        if (asking.add(agent.uid())) {
          var _ = questions.submit(() -> ask(agent));
        }
      }
    } catch (RuntimeException e) {
      // The schedule ends with the first exception that escapes it.
      LOG.error("collection round failed", e);
    }
  }

  private void ask(Agent agent) {
    try {
      reader.readOn(agent);
      if (failing.remove(agent.uid())) {
        LOG.info("agent answers again agent={} node={}", agent.name(), agent.node());
      }
    } catch (IOException | RuntimeException e) {
      var reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      measures.collectFailed();
      store.failed(agent, reason);
      if (failing.add(agent.uid())) {
        LOG.warn("agent does not answer agent={} reason={}", agent.name(), reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asking.remove(agent.uid());
    }
  }

  @Override
  public void close() {
    rounds.shutdownNow();
    questions.shutdownNow();
    client.close();
  }
}
