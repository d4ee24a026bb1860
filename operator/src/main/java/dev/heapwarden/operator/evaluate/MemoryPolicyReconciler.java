package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Measures;
import dev.heapwarden.operator.schedule.Alarms;
import dev.heapwarden.operator.schedule.Timetable.Occasion;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps one policy's verdicts fresh. It only orders the steps: which pods, what is said of them,
 * who is told, what the status shows, and when to look again.
 */
@ControllerConfiguration(name = "memorypolicy", triggerReconcilerOnAllEvents = true)
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 1_000,
    intervalMultiplier = 1.5,
    maxInterval = 30_000)
public final class MemoryPolicyReconciler implements Reconciler<MemoryPolicy> {
  /** Soonest next look: while agents have not answered yet, or a container is new to them. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private final RuleBook rules = new RuleBook();
  private final Evaluator evaluator;
  private final AssessmentBook book;
  private final Announcer announcer;
  private final Consumer<Evaluation> audience;
  private final Function<Evaluation, Optional<HealthOrder>> healthSnapshots;
  private final Function<MemoryPolicy, List<String>> hold;
  private final Function<MemoryPolicy, Optional<String>> breaker;
  private final Alarms alarms;
  private final Levels levels;
  private final Clock clock;

  /**
   * Wires the parts.
   *
   * @param audience told of every evaluation before the status is
   * @param healthSnapshots orders those that are due
   * @param hold keeps a policy while what was done under it is not undone, and no longer; names the
   *     incidents that it keeps it for
   * @param breaker why nothing more is changed for a policy; empty while anything may be
   * @param alarms wakes this for the moments of a policy's schedules
   */
  public MemoryPolicyReconciler(
      SampleStore store,
      Workloads workloads,
      AssessmentBook book,
      EventRecorder events,
      Measures measures,
      Consumer<Evaluation> audience,
      Function<Evaluation, Optional<HealthOrder>> healthSnapshots,
      Function<MemoryPolicy, List<String>> hold,
      Function<MemoryPolicy, Optional<String>> breaker,
      Alarms alarms,
      Levels levels,
      Clock clock) {
    this.evaluator = new Evaluator(store, workloads, book, measures);
    this.book = book;
    this.announcer = new Announcer(events, book);
    this.audience = audience;
    this.healthSnapshots = healthSnapshots;
    this.hold = hold;
    this.breaker = breaker;
    this.alarms = alarms;
    this.levels = levels;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, MemoryPolicy>> prepareEventSources(
      EventSourceContext<MemoryPolicy> context) {
    var due = new SimpleInboundEventSource<MemoryPolicy>("due");
    alarms.on(
        Occasion.HEALTH_SNAPSHOT,
        (namespace, policy) -> due.propagateEvent(new ResourceID(policy, namespace)));
    return List.of(PodEvents.source(context), due);
  }

  @Override
  public UpdateControl<MemoryPolicy> reconcile(MemoryPolicy policy, Context<MemoryPolicy> context) {
    var metadata = policy.getMetadata();
    if (context.isPrimaryResourceDeleted()) {
      book.forget(metadata.getUid());
      rules.forget(metadata.getUid());
      alarms.forget(metadata.getUid());
      return UpdateControl.noUpdate();
    }
    var holders = hold.apply(policy);
    alarms.set(policy);
    var now = clock.instant();
    var peers = context.getPrimaryCache().list(metadata.getNamespace(), _ -> true).toList();
    var pods = PodEvents.pods(context, metadata.getNamespace());
    var governance = Governance.of(policy, peers, pods);
    var compiled = rules.of(policy);
    var containers = evaluator.evaluate(policy, compiled, governance.governed(), now);
    if (containers.stream().anyMatch(found -> found.sight() instanceof Sight.NotAsked)) {
      // Said now, it would only be taken back in a moment.
      return UpdateControl.<MemoryPolicy>noUpdate().rescheduleAfter(SOON);
    }
    announcer.verdicts(policy, governance.governed(), containers);
    book.replace(metadata, containers);
    var evaluation = new Evaluation(policy, governance.governed(), containers, now);
    audience.accept(evaluation);
    // One that waits for its effects to be undone is evaluated because that needs the figures.
    boolean deleted = policy.isMarkedForDeletion();
    if (!deleted || !holders.isEmpty()) {
      var health = deleted ? Optional.<HealthOrder>empty() : healthSnapshots.apply(evaluation);
      show(
          policy,
          PolicyStatus.of(
              policy,
              levels,
              compiled,
              governance,
              containers,
              breaker.apply(policy),
              health,
              holders,
              now),
          context);
    }
    return UpdateControl.<MemoryPolicy>noUpdate()
        .rescheduleAfter(
            nextLook(containers, Durations.parse(policy.getSpec().observe().slide()), now));
  }

  private void show(MemoryPolicy policy, MemoryPolicyStatus status, Context<MemoryPolicy> context) {
    announcer.conditions(policy, status);
    var before = policy.getStatus();
    if (before == null || !status.equals(before.observed())) {
      var fresh = new MemoryPolicy();
      fresh.getMetadata().setName(policy.getMetadata().getName());
      fresh.getMetadata().setNamespace(policy.getMetadata().getNamespace());
      fresh.setStatus(status);
      PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(policy, fresh, context);
    }
  }

  /** When the first assessment is a slide old, and soon for a container that cannot be seen. */
  static Duration nextLook(List<WatchedContainer> containers, Duration slide, Instant now) {
    var next = slide;
    for (var container : containers) {
      var assessment = container.assessment();
      var due = assessment != null ? Duration.between(now, assessment.at().plus(slide)) : SOON;
      next = due.compareTo(next) < 0 ? due : next;
    }
    return next.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : next;
  }
}
