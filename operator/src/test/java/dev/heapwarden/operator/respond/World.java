package dev.heapwarden.operator.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A world in which everything goes wrong at random: writes conflict, the operator dies between any
 * two of its deeds, acts fail, are refused or take long. It checks at each deed what must always
 * hold.
 */
final class World implements IncidentStore {
  /** The operator dies here. */
  static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  record Deed(String incident, ActionKind kind, Instant at) {}

  private final Random random;
  private final Map<String, LeakIncident> stored = new HashMap<>();
  private final Set<String> effects = new HashSet<>();
  final List<Deed> deeds = new ArrayList<>();
  final List<ActionKind> undone = new ArrayList<>();

  /** What the API server does not let pass. */
  final Set<ActionKind> denied = new HashSet<>();

  /** What the installation says. */
  Installation installation = kind -> new Ruling.Go();

  boolean calm;
  Instant now = Fixtures.NOON;

  World(long seed) {
    random = new Random(seed);
  }

  void put(LeakIncident incident) {
    stored.put(incident.getMetadata().getName(), incident);
  }

  LeakIncident get(String name) {
    return copy(java.util.Objects.requireNonNull(stored.get(name), name));
  }

  /** The incident package refreshes the finding. */
  void seen(String name, String verdict) {
    var incident = Fixtures.seen(get(name), verdict, now);
    bump(incident);
    put(incident);
  }

  boolean hasEffect() {
    return !effects.isEmpty();
  }

  @Override
  public LeakIncident updateStatus(LeakIncident incident) {
    return write(
        incident,
        (was, now) -> {
          was.setStatus(now.getStatus());
          return was;
        });
  }

  @Override
  public LeakIncident updateMetadata(LeakIncident incident) {
    return write(
        incident,
        (was, now) -> {
          was.getMetadata().setFinalizers(now.getMetadata().getFinalizers());
          return was;
        });
  }

  @Override
  public void spend(MemoryPolicy policy, SpentAction action) {
    perhapsDie();
  }

  private LeakIncident write(
      LeakIncident incident, java.util.function.BinaryOperator<LeakIncident> change) {
    perhapsDie();
    var name = incident.getMetadata().getName();
    var was = get(name);
    if (chance(0.05)) {
      seen(name, "Confirmed");
      was = get(name);
    }
    if (!was.getMetadata()
        .getResourceVersion()
        .equals(incident.getMetadata().getResourceVersion())) {
      throw new Conflict(name, new IllegalStateException("resourceVersion"));
    }
    var next = change.apply(was, incident);
    bump(next);
    stored.put(name, next);
    perhapsDie();
    return copy(next);
  }

  @Override
  public void delete(LeakIncident incident) {
    assertThat(incident.getMetadata().getFinalizers()).isEmpty();
    stored.remove(incident.getMetadata().getName());
  }

  @Override
  public List<LeakIncident> inNamespace(String namespace) {
    return stored.values().stream().map(World::copy).toList();
  }

  Action action(ActionKind kind) {
    return new Chancy(kind);
  }

  boolean chance(double share) {
    return !calm && random.nextDouble() < share;
  }

  void perhapsDie() {
    if (chance(0.02)) {
      throw new Death();
    }
  }

  private static void bump(LeakIncident incident) {
    var version = Integer.parseInt(incident.getMetadata().getResourceVersion());
    incident.getMetadata().setResourceVersion(Integer.toString(version + 1));
  }

  private static LeakIncident copy(LeakIncident incident) {
    var copy = new LeakIncident();
    copy.setMetadata(incident.getMetadata().edit().build());
    copy.setSpec(incident.getSpec());
    copy.setStatus(incident.getStatus());
    return copy;
  }

  private LeakIncidentStatus written(LeakIncident incident) {
    return get(incident.getMetadata().getName()).getStatus();
  }

  /** What the policy does not ask for. */
  final Set<ActionKind> unasked = EnumSet.noneOf(ActionKind.class);

  private final class Chancy implements Action {
    private final ActionKind kind;

    Chancy(ActionKind kind) {
      this.kind = kind;
    }

    @Override
    public ActionKind kind() {
      return kind;
    }

    @Override
    public boolean isAsked(Situation situation) {
      return !unasked.contains(kind);
    }

    @Override
    public Plan plan(Situation situation) {
      if (chance(0.05)) {
        return new Plan.Refuse("it", "no");
      }
      if (chance(0.05)) {
        return new Plan.Suggest("it", "owned", "patch");
      }
      return chance(0.2)
          ? new Plan.NotNow("it", "disruption")
          : new Plan.Do("it", "do it", "patch", Map.of());
    }

    @Override
    public Acted act(Situation situation, Step step) {
      var incident = situation.incident();
      var intent = Steps.newest(written(incident), kind).orElseThrow();
      assertThat(intent.state()).as("intent is written before the act").isEqualTo(State.INTENDED);
      if (denied.contains(kind)) {
        throw new KubernetesClientException("no", 422, null);
      }
      if (kind.changesWorkload()) {
        assertThat(Steps.newest(written(incident), ActionKind.DIAGNOSE))
            .as("evidence before any change")
            .hasValueSatisfying(evidence -> assertThat(evidence.state()).isEqualTo(State.DONE));
        assertThat(get(situation.name()).hasFinalizer(Journal.FINALIZER))
            .as("held before any change")
            .isTrue();
        var finding = java.util.Objects.requireNonNull(situation.status().finding());
        assertThat(finding.verdict()).as("the leak is seen").isEqualTo("Confirmed");
        assertThat(Instant.parse(finding.at()))
            .as("the leak was seen lately")
            .isAfterOrEqualTo(now.minus(Duration.ofMinutes(15)));
      }
      var done = effects.contains(key(incident));
      if (!done && chance(0.1)) {
        return new Acted.Again("conflict");
      }
      if (!done && chance(0.03)) {
        return new Acted.No("gone");
      }
      if (kind.changesWorkload() && effects.add(key(incident))) {
        deeds.add(new Deed(situation.name(), kind, now));
      }
      perhapsDie();
      return new Acted.Yes();
    }

    @Override
    public Seen look(Situation situation, Step step) {
      if (chance(0.4)) {
        return new Seen.NotYet("it takes time");
      }
      return chance(0.1) ? new Seen.Failed("it broke") : new Seen.Done("it is there", "main.f");
    }

    @Override
    public Seen undo(LeakIncident incident, Step step, Instant now) {
      var intent = Steps.newest(written(incident), kind).orElseThrow();
      assertThat(intent.state()).as("undo is written before").isEqualTo(State.UNDOING);
      if (chance(0.3)) {
        return new Seen.NotYet("it takes time");
      }
      if (effects.remove(key(incident))) {
        undone.add(kind);
      }
      perhapsDie();
      return new Seen.Done("it is gone");
    }

    @Override
    public Duration patience(Situation situation) {
      return Duration.ofMinutes(5);
    }

    @Override
    public Optional<Duration> timeToLive(Situation situation) {
      return kind.changesWorkload() ? Optional.of(Duration.ofHours(2)) : Optional.empty();
    }

    private String key(LeakIncident incident) {
      return incident.getMetadata().getName() + "/" + kind;
    }
  }
}
