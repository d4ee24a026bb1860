package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One watched container as the policy's status shows it. */
final class ContainerLine {
  static final Comparator<WatchedContainer> MOST_TELLING_FIRST =
      Comparator.comparingInt(ContainerLine::rank)
          .thenComparing(container -> container.key().pod())
          .thenComparing(container -> container.key().container());

  private ContainerLine() {}

  static ContainerStatus of(WatchedContainer container) {
    var attachments = attachments(container);
    return new ContainerStatus(
        container.key().pod(),
        container.key().container(),
        container.sight() instanceof Sight.Watched watched
            ? Names.runtime(watched.state().runtime())
            : Names.runtime(RuntimeKind.UNKNOWN),
        verdict(container),
        message(container),
        attachments.stream()
            .map(
                attachment ->
                    new ContainerStatus.ProbeStatus(
                        attachment.probe(), Names.camel(attachment.state()), attachment.reason()))
            .toList(),
        overhead(container).map(ContainerLine::percent).orElse(null));
  }

  /** What watching costs it, as a share of its CPU time; empty while that is not known. */
  static Optional<Double> overhead(WatchedContainer container) {
    return container.sight() instanceof Sight.Watched watched
        ? Optional.ofNullable(watched.state().overhead())
        : Optional.empty();
  }

  /** To one decimal: a status that changes with every look would be written with every look. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", Math.ceil(share * 1_000) / 10);
  }

  /** Where nothing can be said the verdict is Inconclusive, and the message says why. */
  static String verdict(WatchedContainer container) {
    return container.assessment() == null
        ? "Inconclusive"
        : container.assessment().verdict().name();
  }

  static String message(WatchedContainer container) {
    if (container.assessment() != null) {
      var verdict = container.assessment().verdict();
      var sentence = verdict.evidence().sentence();
      return verdict instanceof Verdict.Inconclusive inconclusive
          ? Names.camel(inconclusive.reason()) + ": " + sentence
          : sentence;
    }
    return switch (container.sight()) {
      case Sight.Watched _ -> "the policy's rules are not valid";
      case Sight.NotListed sight -> "agent %s does not watch it yet".formatted(sight.agent());
      case Sight.Silent sight ->
          "agent %s has not answered since %s: %s"
              .formatted(
                  sight.agent(), sight.since().truncatedTo(ChronoUnit.SECONDS), sight.reason());
      case Sight.NoAgent _ -> "no agent runs on its node";
      case Sight.NotAsked _ -> "its agent has not been asked yet";
    };
  }

  /** True when there are probes for its runtime and every one is attached. */
  static boolean fullyAttached(WatchedContainer container) {
    var due = due(container);
    return !due.isEmpty()
        && due.stream().allMatch(attachment -> attachment.state() == Attachment.State.ATTACHED);
  }

  private static List<Attachment> attachments(WatchedContainer container) {
    return container.sight() instanceof Sight.Watched watched
        ? watched.state().attachments()
        : List.of();
  }

  /** Those that have something to tell of the runtime that it is judged as. */
  private static List<Attachment> due(WatchedContainer container) {
    if (!(container.sight() instanceof Sight.Watched watched)) {
      return List.of();
    }
    var assessment = container.assessment();
    var judged = assessment == null ? watched.state().runtime() : assessment.runtime();
    return watched.state().attachments().stream()
        .filter(attachment -> attachment.isDue(judged))
        .toList();
  }

  private static int rank(WatchedContainer container) {
    return switch (verdict(container)) {
      case "Confirmed" -> 0;
      case "Suspected" -> 1;
      default -> {
        var refused =
            due(container).stream()
                .anyMatch(attachment -> attachment.state() == Attachment.State.REFUSED);
        yield refused || container.assessment() == null ? 2 : 3;
      }
    };
  }
}
