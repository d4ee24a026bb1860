package dev.heapwarden.operator.respond.action;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Assessments;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** The pods in service that show the leak of an incident. */
final class LeakingPods {
  static final String NONE = "NoPodLeaks: no pod in service shows the leak";

  /** A pod, and what is known of its container. */
  record Leaking(Pod pod, Assessment assessment) {
    String name() {
      return pod.getMetadata().getName();
    }

    String uid() {
      return pod.getMetadata().getUid();
    }
  }

  private LeakingPods() {}

  static List<Leaking> of(KubernetesClient client, Assessments assessments, Situation situation) {
    var target = situation.target();
    return assessments.of(target.uid(), target.container()).stream()
        .filter(assessment -> !assessment.quarantined())
        .filter(
            assessment ->
                switch (assessment.verdict()) {
                  case Verdict.Confirmed _, Verdict.Suspected _ -> true;
                  case Verdict.Healthy _, Verdict.Inconclusive _ -> false;
                })
        .flatMap(
            assessment ->
                Pods.find(
                    client,
                    situation.namespace(),
                    assessment.container().pod(),
                    assessment.container().podUid())
                    .map(pod -> new Leaking(pod, assessment))
                    .stream())
        .toList();
  }
}
