package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.toSet;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.evaluate.Owners;
import dev.heapwarden.operator.respond.guard.Disruption;
import dev.heapwarden.operator.respond.guard.Disruption.Protection;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/** Whether a pod can be isolated, and by which labels. Looks only. */
record Isolation(KubernetesClient client) {
  Plan plan(Situation situation) {
    var namespace = situation.namespace();
    // Without evidence this is only a plan: of the pod that leaks most.
    var evidence =
        Steps.newest(situation.status(), ActionKind.DIAGNOSE)
            .filter(step -> step.state() == Step.State.DONE);
    var name =
        evidence.map(step -> Steps.fact(step, TakeSnapshot.POD)).orElse(situation.baseline().pod());
    var uid =
        evidence
            .map(step -> Steps.fact(step, TakeSnapshot.POD_UID))
            .orElse(situation.baseline().podUid());
    var object = "pod/" + name;
    var pod = client.pods().inNamespace(namespace).withName(name).get();
    if (pod == null || !pod.getMetadata().getUid().equals(uid)) {
      return new Plan.Refuse(object, "PodGone: the pod of the finding no longer exists");
    }
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      return new Plan.Refuse(object, "PodGone: the pod of the finding is being deleted");
    }
    if (pod.getMetadata().getLabels().containsKey(Api.QUARANTINE_LABEL)) {
      return new Plan.Refuse(
          object,
          "AlreadyIsolated: by incident "
              + pod.getMetadata().getLabels().get(Api.QUARANTINE_LABEL));
    }
    var irreplaceable = Replacement.whyNot(pod);
    if (irreplaceable.isPresent()) {
      return new Plan.Refuse(object, irreplaceable.get());
    }
    var owner = Owners.controller(pod).orElseThrow();
    var set = client.apps().replicaSets().inNamespace(namespace).withName(owner.getName()).get();
    if (set == null || !set.getMetadata().getUid().equals(owner.getUid())) {
      return new Plan.Refuse(object, "OwnerCannotReplace: its ReplicaSet no longer exists");
    }
    return disruption(pod, set)
        .<Plan>map(reason -> new Plan.NotNow(object, reason))
        .orElseGet(() -> change(situation, pod, set));
  }

  /**
   * Why the pod must not leave its Services now: asked when it is planned, and again when it is
   * done.
   */
  Optional<String> disruption(Pod pod, ReplicaSet set) {
    boolean ready = Pods.isReady(pod);
    int others = Pods.readyOf(client, set).size() - (ready ? 1 : 0);
    return Disruption.forbiddenBy(protections(pod, () -> scale(set)))
        .or(() -> Disruption.lastReady(ready, others))
        .or(() -> new NodePressure(client).of(pod));
  }

  /** The budgets that select the pod, of whose like its owner wants so many. */
  List<Protection> protections(Pod pod, IntSupplier wanted) {
    var labels = pod.getMetadata().getLabels();
    var namespace = pod.getMetadata().getNamespace();
    var budgets =
        client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems().stream()
            .filter(budget -> Selectors.matches(budget.getSpec().getSelector(), labels))
            .toList();
    if (budgets.isEmpty()) {
      return List.of();
    }
    int scale = wanted.getAsInt();
    return budgets.stream()
        .map(budget -> new Protection(budget, otherReady(budget, pod), scale))
        .toList();
  }

  private Set<String> otherReady(PodDisruptionBudget budget, Pod pod) {
    var selector = budget.getSpec().getSelector();
    return Pods.ready(client, pod.getMetadata().getNamespace(), selector).stream()
        .map(ready -> ready.getMetadata().getName())
        .filter(name -> !name.equals(pod.getMetadata().getName()))
        .collect(toSet());
  }

  /** How many pods the owner wants: the Deployment of the set, where there is one. */
  private int scale(ReplicaSet set) {
    var deployment =
        Owners.controller(set)
            .filter(owner -> owner.getKind().equals("Deployment"))
            .map(
                owner ->
                    client
                        .apps()
                        .deployments()
                        .inNamespace(set.getMetadata().getNamespace())
                        .withName(owner.getName())
                        .get());
    return deployment.map(Rollout::replicas).orElseGet(() -> Rollout.replicas(set));
  }

  private Plan change(Situation situation, Pod pod, ReplicaSet set) {
    var object = "pod/" + pod.getMetadata().getName();
    var labels = pod.getMetadata().getLabels();
    var services =
        client.services().inNamespace(situation.namespace()).list().getItems().stream()
            .filter(service -> Selectors.matches(service, labels))
            .toList();
    var mustBreak = new ArrayList<Set<String>>();
    services.forEach(service -> mustBreak.add(service.getSpec().getSelector().keySet()));
    mustBreak.add(Selectors.breakableKeys(set.getSpec().getSelector()));
    var keys = QuarantineLabels.fewestKeys(mustBreak);
    if (keys.isEmpty()) {
      return new Plan.Refuse(
          object, "NoLabelToChange: a selector cannot be left by a label's value");
    }
    var changed = QuarantineLabels.changed(labels, keys.get());
    if (Selectors.matches(set.getSpec().getSelector(), changed)
        || services.stream().anyMatch(service -> Selectors.matches(service, changed))) {
      return new Plan.Refuse(
          object, "NoLabelToChange: a selector matches the quarantine value too");
    }
    var patch =
        PodRelabelling.isolate(
            pod, keys.get(), label(situation.name()), situation.target().policy());
    var originals = new java.util.TreeMap<String, String>();
    keys.get().forEach(key -> originals.put(key, labels.getOrDefault(key, "")));
    var names = services.stream().map(Isolation::nameOf).sorted().toList();
    boolean denied = situation.respond().isolate().denyNetwork();
    return new Plan.Do(
        object,
        "change label %s so that the pod leaves %s and ReplicaSet %s%s"
            .formatted(
                String.join(", ", keys.get()),
                names.isEmpty() ? "no Service" : "Service " + String.join(", ", names),
                set.getMetadata().getName(),
                denied ? ", and deny it all network" : ""),
        (denied ? Serialization.asYaml(DeniedNetwork.of(situation.incident())) : "")
            + Serialization.asYaml(patch),
        Map.of(
            IsolatePod.POD, pod.getMetadata().getName(),
            IsolatePod.POD_UID, pod.getMetadata().getUid(),
            IsolatePod.LABELS, Serialization.asJson(originals),
            IsolatePod.REPLICA_SET, set.getMetadata().getName(),
            IsolatePod.SERVICES, String.join(",", names),
            DeniedNetwork.NAME, denied ? IncidentObject.name(situation.incident()) : ""));
  }

  private static String nameOf(Service service) {
    return service.getMetadata().getName();
  }

  /** A label's value has 63 characters at most. */
  static String label(String incident) {
    return incident.length() <= 63
        ? incident
        : incident.substring(0, 63).replaceAll("[^A-Za-z0-9]+$", "");
  }
}
