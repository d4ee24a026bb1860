package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it stands between the operator and one agent.
 *
 * @param knownSince when the agent was first seen in the directory
 * @param answeredAt its last answer; null before the first
 * @param failure of the newest question; null when it was answered
 * @param containers that its last answer listed
 * @param samples of each container; goes on being filled
 */
record Contact(
    Agent agent,
    Instant knownSince,
    @Nullable Instant answeredAt,
    @Nullable String failure,
    Map<ContainerKey, ContainerState> containers,
    AgentSamples samples) {
  Contact {
    containers = Map.copyOf(containers);
  }

  static Contact none(Agent agent, Instant now) {
    return new Contact(agent, now, null, null, Map.of(), new AgentSamples());
  }

  Contact answered(Map<ContainerKey, ContainerState> listed, Instant at) {
    return new Contact(agent, knownSince, at, null, listed, samples);
  }

  Contact failed(String reason) {
    return new Contact(agent, knownSince, answeredAt, reason, containers, samples);
  }

  /** Its last answer, or when it was first seen. */
  Instant heardAt() {
    return answeredAt == null ? knownSince : answeredAt;
  }

  boolean silent(Instant now, Duration silentAfter) {
    return heardAt().plus(silentAfter).isBefore(now);
  }

  Sight sight(ContainerKey key, Instant now, Duration silentAfter) {
    if (silent(now, silentAfter)) {
      return new Sight.Silent(agent.name(), heardAt(), failure == null ? "no answer yet" : failure);
    }
    if (answeredAt == null) {
      return new Sight.NotAsked();
    }
    var state = containers.get(key);
    return state == null
        ? new Sight.NotListed(agent.name())
        : new Sight.Watched(state, samples.of(key));
  }
}
