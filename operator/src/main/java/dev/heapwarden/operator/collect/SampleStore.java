package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.SampleBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the agents said, in memory only: a restarted operator asks them again. */
public final class SampleStore {
  private final Duration silentAfter;
  private final Map<String, Contact> contacts = new ConcurrentHashMap<>();

  /** UID of each node's agent; null until the agents are known. */
  private volatile @Nullable Map<String, String> uidByNode;

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
    contacts.values().forEach(contact -> contact.samples().forgetUnlisted(now));
    uidByNode =
        agents.stream().collect(Collectors.toMap(Agent::node, Agent::uid, (first, _) -> first));
  }

  /**
   * Takes a page of an agent's answer; with {@code reset} it replaces what that agent said before.
   * The agent has answered when it was the last page: nobody is judged by half of the samples.
   */
  public void accept(Agent agent, SampleBatch batch, boolean reset, Instant now) {
    var contact = contacts.get(agent.uid());
    if (contact == null) {
      return;
    }
    var samples = contact.samples();
    if (reset) {
      samples.clear();
    }
    var states = new HashMap<ContainerKey, ContainerState>();
    for (var told : batch.containers()) {
      var state = sharing(told, contact.containers().get(told.container()));
      states.put(state.container(), state);
      samples.listed(state.container(), now);
    }
    batch.samples().forEach(sample -> samples.add(sample, now));
    if (!batch.more()) {
      contacts.computeIfPresent(agent.uid(), (_, known) -> known.answered(states, now));
    }
  }

  /** One object for what every answer repeats, and not one for each answer. */
  private static ContainerState sharing(ContainerState told, @Nullable ContainerState before) {
    return before == null
        ? told
        : new ContainerState(
            before.container(),
            same(told.policy(), before.policy()),
            told.runtime(),
            same(told.runtimeVersion(), before.runtimeVersion()),
            same(told.startedAt(), before.startedAt()),
            same(told.attachments(), before.attachments()),
            told.overhead());
  }

  private static <T> T same(T told, T before) {
    return told.equals(before) ? before : told;
  }

  void failed(Agent agent, String reason) {
    contacts.computeIfPresent(agent.uid(), (_, contact) -> contact.failed(reason));
  }

  /** What is known of a container that runs on this node. */
  public Sight sight(String node, ContainerKey key, Instant now) {
    var uids = uidByNode;
    if (uids == null) {
      return new Sight.NotAsked();
    }
    var uid = uids.get(node);
    var contact = uid == null ? null : contacts.get(uid);
    return contact == null ? new Sight.NoAgent() : contact.sight(key, now, silentAfter);
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
                    .filter(probe -> probe.isDue(state.runtime()))
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
}
