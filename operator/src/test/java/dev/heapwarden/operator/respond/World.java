package dev.heapwarden.operator.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Quota;
import dev.heapwarden.operator.respond.guard.Quotas;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Ledger;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
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

  /** The one of all incidents, as far as its metadata goes; empty when it is gone. */
  private Optional<ObjectMeta> policy =
      Optional.of(new ObjectMetaBuilder().withName("checkout").withNamespace("shop").build());

  final Set<String> effects = new HashSet<>();
  final List<Deed> deeds = new ArrayList<>();
  final List<UnhelpfulResponse> unhelpful = new ArrayList<>();
  final List<ActionKind> undone = new ArrayList<>();

  /** What the policy does not ask for. */
  final Set<ActionKind> unasked =
      EnumSet.of(
          ActionKind.DIAGNOSE_ISOLATED,
          ActionKind.RELIEVE,
          ActionKind.RESTART,
          ActionKind.RESIZE_MEMORY);

  /** What the API server does not let pass. */
  final Set<ActionKind> denied = new HashSet<>();

  /** What is done and never becomes what it should be, with the reason. */
  final Map<ActionKind, String> broken = new HashMap<>();

  /** What cannot be done yet, with the reason. */
  final Map<ActionKind, String> untimely = new HashMap<>();

  /** What is done and takes for ever. */
  final Set<ActionKind> unfinished = EnumSet.noneOf(ActionKind.class);

  /** Of what is unfinished, when somebody was asked for it. */
  final Map<ActionKind, Instant> asked = new HashMap<>();

  /** The operator dies right after it did this. */
  final Set<ActionKind> deadly = EnumSet.noneOf(ActionKind.class);

  /** The operator dies before it holds the policy or lets it go. */
  boolean deadlyHold;

  boolean deniedHold;

  /** What cannot be undone, with the reason. */
  final Map<ActionKind, String> stuck = new HashMap<>();

  /** What the installation says. */
  Installation installation = kind -> new Ruling.Go();

  Quotas quotas = new Quotas(new Quota(100, 100, 100), new Quota(100, 100, 100));

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

  /** It was done, and the operator died before it wrote that down. */
  void act(String incident, ActionKind kind) {
    effects.add(incident + "/" + kind);
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

  @Override
  public void remember(MemoryPolicy policy, UnhelpfulResponse response) {
    perhapsDie();
    unhelpful.add(response);
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

  @Override
  public Ledger everywhere() {
    return new Ledger(inNamespace("shop"), List.of());
  }

  @Override
  public Optional<MemoryPolicy> policy(String namespace, String name) {
    return policy.map(
        metadata -> {
          var read = new MemoryPolicy();
          read.setMetadata(metadata.edit().build());
          return read;
        });
  }

  @Override
  public void updateFinalizers(MemoryPolicy changed) {
    if (deniedHold) {
      throw new KubernetesClientException(
          new StatusBuilder().withCode(403).withMessage("only GitOps may").build());
    }
    if (deadlyHold) {
      deadlyHold = false;
      throw new Death();
    }
    if (!changed.hasFinalizer(Journal.FINALIZER)) {
      assertThat(stored.values())
          .as("nothing is left to undo")
          .noneMatch(incident -> Steps.all(incident.getStatus()).anyMatch(Steps::hasEffect));
    }
    perhapsDie();
    if (chance(0.1)) {
      return;
    }
    policy = unlessGone(changed.getMetadata());
    perhapsDie();
  }

  void deletePolicy() {
    var metadata = policy.orElseThrow();
    metadata.setDeletionTimestamp(now.toString());
    policy = unlessGone(metadata);
  }

  /** What is deleted goes with its last finalizer. */
  private static Optional<ObjectMeta> unlessGone(ObjectMeta metadata) {
    return Optional.of(metadata)
        .filter(found -> found.getDeletionTimestamp() == null || !found.getFinalizers().isEmpty());
  }

  boolean holdsPolicy() {
    return policy("shop", "checkout")
        .filter(found -> found.hasFinalizer(Journal.FINALIZER))
        .isPresent();
  }

  Action action(ActionKind kind) {
    return new ChancyAction(this, kind);
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

  LeakIncidentStatus written(LeakIncident incident) {
    return get(incident.getMetadata().getName()).getStatus();
  }
}
