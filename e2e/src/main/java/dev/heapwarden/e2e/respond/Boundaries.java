package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.respond.Boundary.At;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which boundaries of one incident's steps its writes stand at, read off the writes themselves: a
 * status says which steps it intends or records, and what an action writes to is no other's.
 */
final class Boundaries {
  /** A part of an isolation that is made before the pod is touched. */
  static final String NETWORK = "Isolate's NetworkPolicy";

  private enum Mark {
    INTENDED,
    ACTED,
    UNDOING,
    UNDONE
  }

  /** By action, as the incident's status says that was carried out last. */
  private final Map<String, Mark> marks = new HashMap<>();

  /** Where its operator stands that is about to write this. */
  Set<Boundary> before(Write write) {
    var boundaries = new HashSet<Boundary>();
    news(write)
        .forEach(
            (action, mark) ->
                boundaries.add(
                    switch (mark) {
                      case INTENDED -> new Boundary(action, At.BEFORE_INTENT);
                      case ACTED -> new Boundary(action, At.BEFORE_RECORD);
                      case UNDOING -> new Boundary(Boundary.undo(action), At.BEFORE_INTENT);
                      case UNDONE -> new Boundary(Boundary.undo(action), At.BEFORE_RECORD);
                    }));
    return boundaries;
  }

  /** Where it stands after this was carried out. */
  Set<Boundary> after(Write write) {
    var boundaries = new HashSet<Boundary>();
    var news = news(write);
    news.forEach(
        (action, mark) -> {
          switch (mark) {
            case INTENDED -> boundaries.add(new Boundary(action, At.AFTER_INTENT));
            case UNDOING -> boundaries.add(new Boundary(Boundary.undo(action), At.AFTER_INTENT));
            case ACTED, UNDONE -> {}
          }
        });
    marks.putAll(news);
    deed(write).ifPresent(deed -> action(deed).ifPresent(boundaries::add));
    return boundaries;
  }

  private Optional<Boundary> action(String deed) {
    return switch (marks.get(deed.equals(NETWORK) ? "Isolate" : deed)) {
      case INTENDED -> Optional.of(new Boundary(deed, At.AFTER_ACTION));
      case UNDOING -> Optional.of(new Boundary(Boundary.undo(deed), At.AFTER_ACTION));
      case ACTED, UNDONE -> Optional.empty();
      case null -> Optional.empty();
    };
  }

  /** What of the steps is written for the first time. */
  private Map<String, Mark> news(Write write) {
    if (!write.resource().equals(Optional.of("leakincidents/status"))) {
      return Map.of();
    }
    var news = new HashMap<String, Mark>();
    Steps.all(Serialization.unmarshal(write.body(), LeakIncident.class).getStatus())
        .forEach(step -> mark(step).ifPresent(mark -> news.put(step.action(), mark)));
    news.entrySet().removeIf(found -> found.getValue() == marks.get(found.getKey()));
    return news;
  }

  private static Optional<Mark> mark(Step step) {
    return switch (step.state()) {
      case INTENDED -> Optional.of(Steps.actedAt(step).isPresent() ? Mark.ACTED : Mark.INTENDED);
      case DONE -> Optional.of(Mark.ACTED);
      case UNDOING -> Optional.of(Mark.UNDOING);
      case UNDONE -> Optional.of(Mark.UNDONE);
      case PLANNED, REFUSED, SUGGESTED, FAILED -> Optional.empty();
    };
  }

  private static Optional<String> deed(Write write) {
    if (write.isRehearsal()) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (write.resource().orElse("")) {
          case "pods" -> "Isolate";
          case "networkpolicies" -> NETWORK;
          case "pods/eviction" -> "Restart";
          case "pods/resize" -> "ResizeMemory";
          case "deployments/scale", "horizontalpodautoscalers" -> "AddReplicas";
          // Giving up the number of replicas is a write to the Deployment too.
          case "deployments" ->
              write.body().contains("/metadata/managedFields/")
                  ? "AddReplicas"
                  : "PatchEnvironment";
          default -> null;
        });
  }
}
