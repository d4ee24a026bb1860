package dev.heapwarden.e2e.respond;

import dev.heapwarden.operator.respond.action.InForce;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.action.Situation;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.NavigableMap;

/** Where no agent runs: what is rolled out is in force. */
final class AssumedInForce implements InForce {
  @Override
  public Seen look(
      Situation situation, NavigableMap<String, String> environment, Deployment deployment) {
    return new Seen.Done("in force: " + String.join(" ", environment.keySet()));
  }
}
