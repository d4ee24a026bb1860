package dev.heapwarden.probes;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.endpoint.EndpointClient;
import dev.heapwarden.probes.endpoint.EndpointException;
import dev.heapwarden.probes.endpoint.Offer;
import dev.heapwarden.probes.endpoint.Told;
import dev.heapwarden.probes.lane.Lanes;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks programs for the figures that their policies say they offer, each on a lane of its own, so
 * that one that does not answer keeps nobody waiting. {@link #read} is called by one thread; {@link
 * #attachments} by any.
 */
final class OfferedReadings implements AutoCloseable {
  /** An answer costs the program work, of which more than this is never asked. */
  static final Duration PACE = Duration.ofSeconds(15);

  /** Prometheus itself waits for 10 s. */
  private static final EndpointClient.Bounds BOUNDS =
      new EndpointClient.Bounds(Duration.ofSeconds(5), 4 << 20);

  /** One that took all of its time holds one of few threads: it is asked again later. */
  private static final Duration AFTER_SILENCE = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Ledger ledger;
  private final Spending spending;
  private final EndpointClient client = new EndpointClient();
  private final Lanes lanes = new Lanes();
  private final Map<Question, Look> looks = new ConcurrentHashMap<>();

  /** What is asked of whom. */
  private record Question(ContainerKey container, Offer offer, Endpoint.At at) {
    String lane() {
      return container.containerId() + " " + offer;
    }
  }

  /**
   * The latest look at an answer.
   *
   * @param due when the next one is, by {@link System#nanoTime}
   */
  private record Look(long due, Attachment attachment) {}

  OfferedReadings(Ledger ledger, Spending spending) {
    this.ledger = ledger;
    this.spending = spending;
  }

  /** Has all asked that are due; does not wait for them. */
  void read(List<Target> targets) {
    long now = System.nanoTime();
    var asked = new HashSet<Question>();
    for (var target : targets) {
      for (var offer : Offer.values()) {
        var question = question(target, offer);
        question.ifPresent(asked::add);
        question
            .filter(one -> isDue(one, now) && leftOut(target, offer) == null)
            .ifPresent(one -> lanes.run(one.lane(), () -> ask(one, pace(target))));
      }
    }
    looks.keySet().retainAll(asked);
  }

  /** What is told of what the policy names; nothing of what is another container's. */
  List<Attachment> attachments(Target target) {
    return Stream.of(Offer.values()).flatMap(offer -> attachment(target, offer).stream()).toList();
  }

  @Override
  public void close() {
    lanes.close();
    client.close();
  }

  private void ask(Question question, Duration pace) {
    long due = System.nanoTime() + pace.toNanos();
    Attachment attachment;
    try {
      var told =
          client.get(
              question.at().uri(), question.offer().accept(), BOUNDS, question.offer()::read);
      spending.spent(
          question.container(), question.offer().cause(), HitCost.ofAnswer(told.bytes()));
      ledger.offered(question.container(), question.offer().origin(), told.figures());
      attachment = state(question.offer(), Attachment.State.ATTACHED, leftOut(told));
    } catch (EndpointException refusal) {
      spending.spent(question.container(), question.offer().cause(), HitCost.ofAnswer(0));
      if (refusal.isSilent()) {
        due = System.nanoTime() + AFTER_SILENCE.toNanos();
      }
      attachment = refused(question.offer(), String.valueOf(refusal.getMessage()));
    } catch (IOException unforeseen) {
      attachment = refused(question.offer(), unforeseen.getClass().getSimpleName());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    looks.put(question, new Look(due, attachment));
  }

  private boolean isDue(Question question, long now) {
    var look = looks.get(question);
    return look == null || now - look.due() >= 0;
  }

  private Optional<Attachment> attachment(Target target, Offer offer) {
    return switch (offer.endpoint(target.container().offers())) {
      case Endpoint.NotNamed(), Endpoint.OfAnother(_, _) -> Optional.empty();
      case Endpoint.Refused(var reason) -> Optional.of(refused(offer, reason));
      case Endpoint.At at -> Optional.of(of(target, new Question(key(target), offer, at)));
    };
  }

  private Attachment of(Target target, Question question) {
    var leftOut = leftOut(target, question.offer());
    if (leftOut != null) {
      return refused(question.offer(), leftOut);
    }
    var stuck = lanes.stuck(question.lane(), PATIENCE);
    if (stuck.isPresent()) {
      return refused(question.offer(), stuck.get());
    }
    var look = looks.get(question);
    return look == null
        ? state(question.offer(), Attachment.State.PENDING, "it has not answered yet")
        : look.attachment();
  }

  private @Nullable String leftOut(Target target, Offer offer) {
    return spending.leftOut(target).get(offer.cause());
  }

  private static @Nullable String leftOut(Told told) {
    return told.malformed() == 0
        ? null
        : told.malformed() + " lines of it are not of the format, and left out";
  }

  private static Optional<Question> question(Target target, Offer offer) {
    return offer.endpoint(target.container().offers()) instanceof Endpoint.At at
        ? Optional.of(new Question(key(target), offer, at))
        : Optional.empty();
  }

  private static Duration pace(Target target) {
    var interval = target.container().interval();
    return interval.compareTo(PACE) < 0 ? PACE : interval;
  }

  private static ContainerKey key(Target target) {
    return target.container().key();
  }

  private static Attachment refused(Offer offer, String reason) {
    return state(offer, Attachment.State.REFUSED, reason);
  }

  private static Attachment state(Offer offer, Attachment.State state, @Nullable String reason) {
    return new Attachment(offer.cause().text(), state, reason);
  }
}
