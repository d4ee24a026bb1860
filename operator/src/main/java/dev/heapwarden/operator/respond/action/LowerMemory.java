package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * Sets limits back that were raised in place. Only where nobody else changed them since, and where
 * what the container uses fits: a lower limit would end it.
 *
 * @param missedSince since when this operator looks for what a pod uses, by incident and pod: one
 *     that was away could not look
 */
record LowerMemory(
    KubernetesClient client, Assessments assessments, Map<String, Instant> missedSince) {
  /** A feature of detection, bytes. */
  private static final String IN_USE = "anonymous_memory";

  /**
   * How long a figure is waited for: an operator that has just started has asked the agents within
   * that time, and whoever uninstalls still learns the reason.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A pod that is gone took its limit with it. */
  Seen undo(LeakIncident incident, Step step, Instant now) {
    var lines = new ArrayList<String>();
    var stuck = new ArrayList<String>();
    Optional<Seen> open = Optional.empty();
    for (var resizing : Resizing.of(step)) {
      switch (lower(incident, resizing, now)) {
        case Seen.NotYet notYet -> open = Optional.of(notYet);
        case Seen.Done(var line, _) -> lines.add(line);
        case Seen.Failed(var line) -> stuck.add(line);
      }
    }
    if (open.isPresent()) {
      return open.get();
    }
    lines.addAll(0, stuck);
    var text = String.join("; ", lines);
    return stuck.isEmpty() ? new Seen.Done(text) : new Seen.Failed(text);
  }

  private Seen lower(LeakIncident incident, Resizing resizing, Instant now) {
    var namespace = incident.getMetadata().getNamespace();
    var pod = Pods.find(client, namespace, resizing.pod(), resizing.uid());
    var missed = incident.getMetadata().getUid() + "/" + resizing.uid();
    if (pod.isEmpty()) {
      missedSince.remove(missed);
      return new Seen.Done("pod %s is gone".formatted(resizing.pod()));
    }
    var memory = new ContainerMemory(pod.get(), incident.getSpec().target().container());
    var manager = Situation.fieldManager(incident);
    if (memory.limit().filter(resizing::isFrom).isPresent()) {
      return isBack(memory, resizing);
    }
    if (memory.limit().filter(resizing::isTo).isEmpty() || !memory.isOf(manager)) {
      return new Seen.Done("the limit of pod %s is not ours: left alone".formatted(resizing.pod()));
    }
    var used = used(incident, resizing);
    if (used.isEmpty()) {
      return unknown(resizing, missedSince.computeIfAbsent(missed, _ -> now), now);
    }
    missedSince.remove(missed);
    if (used.get() >= Resizing.bytes(resizing.from())) {
      return new Seen.Failed(
          "pod %s uses %s, which does not fit into %s: its limit stays %s until it is replaced"
              .formatted(resizing.pod(), Texts.bytes(used.get()), resizing.from(), resizing.to()));
    }
    return new Seen.NotYet(
        memory.resize(client, resizing.from(), manager, false)
            ? "the limit of pod %s is set back".formatted(resizing.pod())
            : "pod %s changed while its limit was to be set back".formatted(resizing.pod()));
  }

  private static Seen unknown(Resizing resizing, Instant since, Instant now) {
    return now.isAfter(since.plus(PATIENCE))
        ? new Seen.Failed(
            "nothing says what pod %s uses: its limit stays %s until it is replaced"
                .formatted(resizing.pod(), resizing.to()))
        : new Seen.NotYet(
            "what pod %s uses is not known yet: its limit stays %s until then"
                .formatted(resizing.pod(), resizing.to()));
  }

  private static Seen isBack(ContainerMemory memory, Resizing resizing) {
    if (memory.actual().filter(resizing::isFrom).isPresent()) {
      return new Seen.Done("the limit of pod %s is %s".formatted(resizing.pod(), resizing.from()));
    }
    return memory
        .condition("PodResizeInProgress", "Error")
        .<Seen>map(why -> new Seen.Failed("pod %s: %s".formatted(resizing.pod(), why)))
        .orElseGet(() -> new Seen.NotYet("pod %s: %s".formatted(resizing.pod(), memory.kubelet())));
  }

  /** Bytes that cannot be dropped; empty where nothing is known. */
  private Optional<Double> used(LeakIncident incident, Resizing resizing) {
    var target = incident.getSpec().target();
    return assessments.of(target.uid(), target.container()).stream()
        .filter(assessment -> assessment.container().podUid().equals(resizing.uid()))
        .flatMap(
            assessment ->
                Optional.ofNullable(assessment.verdict().evidence().features().get(IN_USE))
                    .stream())
        .findFirst();
  }
}
