package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.incident.Step.UndoCause;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the steps of an incident, and writes the next version of one. */
public final class Steps {
  /** In {@link Step#undo()}: when the act was done, ISO 8601. Absent: only intended. */
  private static final String ACTED_AT = "actedAt";

  /** In {@link Step#undo()}: why it could not be undone. */
  private static final String UNDO_FAILED = "undoFailed";

  private Steps() {}

  /** The newest step of this kind. */
  public static Optional<Step> newest(LeakIncidentStatus status, ActionKind kind) {
    return all(status).filter(step -> is(step, kind)).reduce((older, newer) -> newer);
  }

  public static java.util.stream.Stream<Step> all(LeakIncidentStatus status) {
    List<Step> steps = status.steps();
    return steps == null ? java.util.stream.Stream.of() : steps.stream();
  }

  public static boolean is(Step step, ActionKind kind) {
    return step.action().equals(kind.text());
  }

  /** The kind of a step, empty for one that a newer version of the operator wrote. */
  public static Optional<ActionKind> kind(Step step) {
    return java.util.Arrays.stream(ActionKind.values()).filter(kind -> is(step, kind)).findFirst();
  }

  public static boolean changesWorkload(Step step) {
    return kind(step).filter(ActionKind::changesWorkload).isPresent();
  }

  /** True while the workload may bear its mark: it may have been acted on and is not undone. */
  public static boolean hasEffect(Step step) {
    return changesWorkload(step)
        && switch (step.state()) {
          case INTENDED, UNDOING -> true;
          case DONE -> kind(step).filter(ActionKind::lasts).isPresent();
          case PLANNED, REFUSED, FAILED, SUGGESTED, UNDONE -> false;
        };
  }

  /** True when it was carried out, whatever became of it. */
  public static boolean counts(Step step) {
    return changesWorkload(step)
        && switch (step.state()) {
          case INTENDED, DONE, UNDOING, UNDONE, FAILED -> true;
          case PLANNED, REFUSED, SUGGESTED -> false;
        };
  }

  /** When it was acted; empty while it is only intended. */
  public static Optional<Instant> actedAt(Step step) {
    return Optional.ofNullable(facts(step).get(ACTED_AT)).map(Instant::parse);
  }

  /** What undo and recognition need to know. */
  public static Map<String, String> facts(Step step) {
    Map<String, String> facts = step.undo();
    return facts == null ? Map.of() : facts;
  }

  public static String fact(Step step, String key) {
    return facts(step).getOrDefault(key, "");
  }

  /** True once its time is over. */
  public static boolean isExpired(Step step, Instant now) {
    String expiresAt = step.expiresAt();
    return expiresAt != null && !now.isBefore(Instant.parse(expiresAt));
  }

  public static Step acted(Step step, Instant at, @Nullable Instant expiresAt) {
    return copy(
        noted(step, ACTED_AT, at.toString()),
        step.state(),
        step.message(),
        null,
        expiresAt == null ? null : expiresAt.toString(),
        step.undoCause());
  }

  public static Step noted(Step step, String key, String value) {
    var facts = new HashMap<>(facts(step));
    facts.put(key, value);
    return new Step(
        step.action(),
        step.level(),
        step.state(),
        step.object(),
        step.message(),
        step.patch(),
        facts,
        step.intendedAt(),
        step.settledAt(),
        step.expiresAt(),
        step.undoCause());
  }

  public static Step settled(Step step, State state, String message, Instant at) {
    return copy(step, state, message, at.toString(), step.expiresAt(), step.undoCause());
  }

  public static Step undoing(Step step, UndoReason why) {
    return copy(step, State.UNDOING, why.text(), null, step.expiresAt(), why.cause());
  }

  /** What it did is still there, and nothing is tried any more. */
  public static Step notUndone(Step step, String reason) {
    return noted(step, UNDO_FAILED, reason);
  }

  /** Why it could not be undone; empty where it was, or was never to be. */
  public static Optional<String> undoFailure(Step step) {
    return step.state() == State.FAILED
        ? Optional.ofNullable(facts(step).get(UNDO_FAILED))
        : Optional.empty();
  }

  private static Step copy(
      Step step,
      State state,
      @Nullable String message,
      @Nullable String settledAt,
      @Nullable String expiresAt,
      @Nullable UndoCause undoCause) {
    return new Step(
        step.action(),
        step.level(),
        state,
        step.object(),
        message,
        step.patch(),
        step.undo(),
        step.intendedAt(),
        settledAt,
        expiresAt,
        undoCause);
  }
}
