package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One pod that is to be made again, as a fact of its step.
 *
 * @param turn from 0
 */
record Restarting(int turn, String pod, String uid) {
  private static final String FACT = "pod/";

  /** What a step intends, in turn. */
  static List<Restarting> of(Step step) {
    return Steps.facts(step).entrySet().stream()
        .filter(fact -> fact.getKey().startsWith(FACT))
        .map(fact -> of(fact.getKey().substring(FACT.length()), fact.getValue()))
        .sorted(Comparator.comparingInt(Restarting::turn))
        .toList();
  }

  private static Restarting of(String pod, String fact) {
    var words = fact.split(" ", 2);
    return new Restarting(Integer.parseInt(words[0]), pod, words[1]);
  }

  /** Those that nobody has evicted yet: a pod that comes after one has another UID. */
  static List<Restarting> left(KubernetesClient client, LeakIncident incident, Step step) {
    return of(step).stream()
        .filter(restarting -> restarting.find(client, incident).isPresent())
        .toList();
  }

  /** The very pod, unless it is on its way out or somebody keeps it for analysis since. */
  Optional<Pod> find(KubernetesClient client, LeakIncident incident) {
    return Pods.find(client, incident.getMetadata().getNamespace(), pod, uid)
        .filter(found -> !Pods.isIsolated(found));
  }

  String key() {
    return FACT + pod;
  }

  String fact() {
    return String.format(Locale.ROOT, "%d %s", turn, uid);
  }

  /** Of this very pod: not of its successor of the same name. */
  Eviction eviction(String namespace) {
    return new EvictionBuilder()
        .withNewMetadata()
        .withName(pod)
        .withNamespace(namespace)
        .endMetadata()
        .withDeleteOptions(
            new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(uid)
                .endPreconditions()
                .build())
        .build();
  }
}
