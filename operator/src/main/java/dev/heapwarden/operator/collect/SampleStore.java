package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What the agents said, in memory only: a restarted operator asks them again. */
public final class SampleStore {
  /** How long a container that no agent lists any more is remembered. */
  static final Duration RETENTION = Duration.ofMinutes(10);

  private final Duration silentAfter;
  private final Map<ContainerKey, History> histories = new ConcurrentHashMap<>();
  private final Map<String, Contact> contacts = new ConcurrentHashMap<>();
  private volatile boolean agentsKnown;

  /**
   * Creates an empty store.
   *
   * @param silentAfter time without an answer after which nothing is said of an agent's containers
   */
  public SampleStore(Duration silentAfter) {
    this.silentAfter = silentAfter;
  }

  /** Says which agents there are now; what is not among them is no longer believed. */
  public void agents(List<Agent> agents, Instant now) {
    var uids = agents.stream().map(Agent::uid).collect(Collectors.toSet());
    contacts.keySet().retainAll(uids);
    for (var agent : agents) {
      contacts.computeIfAbsent(agent.uid(), _ -> Contact.none(agent, now));
    }
    agentsKnown = true;
    histories.values().removeIf(history -> history.listedAt().isBefore(now.minus(RETENTION)));
  }

  /**
   * Takes a page of an agent's answer; with {@code reset} it replaces what that agent said before.
   * The agent has answered when it was the last page: nobody is judged by half of the samples.
   */
  public void accept(Agent agent, SampleBatch batch, boolean reset, Instant now) {
    if (reset) {
      histories.values().forEach(history -> history.clearIfFrom(agent.uid()));
    }
    var source = agent.uid() + ":" + batch.epoch();
    // One key object per container instead of one per sample.
    var keys = new HashMap<ContainerKey, ContainerKey>();
    for (var sample : batch.samples()) {
      var key = keys.computeIfAbsent(sample.container(), same -> same);
      histories.computeIfAbsent(key, _ -> new History(now)).add(rekeyed(sample, key), source);
    }
    var states = new HashMap<ContainerKey, ContainerState>();
    for (var state : batch.containers()) {
      states.put(state.container(), state);
      var history = histories.computeIfAbsent(state.container(), _ -> new History(now));
      history.listed(now);
      history.dropBefore(now.minus(History.HORIZON));
    }
    if (!batch.more()) {
      contacts.computeIfPresent(agent.uid(), (_, contact) -> contact.answered(states, now));
    }
  }

  void failed(Agent agent, String reason) {
    contacts.computeIfPresent(agent.uid(), (_, contact) -> contact.failed(reason));
  }

  /** What is known of a container that runs on this node. */
  public Sight sight(String node, ContainerKey key, Instant now) {
    if (!agentsKnown) {
      return new Sight.NotAsked();
    }
    var contact = contacts.values().stream().filter(c -> c.agent().node().equals(node)).findFirst();
    if (contact.isEmpty()) {
      return new Sight.NoAgent();
    }
    return contact.get().sight(key, now, silentAfter, this::samples);
  }

  /** Containers that agents list now. */
  public int watched() {
    return contacts.values().stream().mapToInt(contact -> contact.containers().size()).sum();
  }

  /** Containers that agents list now, with every probe attached. */
  public long attached() {
    return contacts.values().stream()
        .flatMap(contact -> contact.containers().values().stream())
        .filter(
            state ->
                state.attachments().stream()
                    .allMatch(probe -> probe.state() == Attachment.State.ATTACHED))
        .count();
  }

  public int agents() {
    return contacts.size();
  }

  /** Agents of which nothing is believed, because they do not answer. */
  public long silentAgents(Instant now) {
    return contacts.values().stream().filter(contact -> contact.silent(now, silentAfter)).count();
  }

  /** Since the last answer of the agent that answered longest ago; zero without agents. */
  public Duration lag(Instant now) {
    return contacts.values().stream()
        .map(contact -> Duration.between(contact.heardAt(), now))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private List<Sample> samples(ContainerKey key) {
    var history = histories.get(key);
    return history == null ? List.of() : history.samples();
  }

  private static Sample rekeyed(Sample sample, ContainerKey key) {
    return new Sample(
        sample.sequence(), sample.at(), key, sample.origin(), sample.values(), sample.subject());
  }
}
