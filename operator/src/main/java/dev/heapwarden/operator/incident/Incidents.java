package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.LeakIncidentStatus.Predecessor;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens an incident for every confirmed leak, keeps its finding fresh, and ends it when the leak
 * vanished by itself.
 */
public final class Incidents implements Consumer<Evaluation> {
  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);

  private final IncidentWriter writer;
  private final Function<String, List<LeakIncident>> inNamespace;
  private final Ending ending;
  private final Crashes crashes;
  private final EventRecorder events;

  /**
   * Wires the parts.
   *
   * @param inNamespace the incidents of a namespace; may lag behind
   */
  public Incidents(
      KubernetesClient client,
      Function<String, List<LeakIncident>> inNamespace,
      Workloads workloads,
      EventRecorder events) {
    this.writer = new IncidentWriter(client);
    this.inNamespace = inNamespace;
    this.ending = new Ending(workloads::exists);
    this.crashes = new Crashes(writer, new CrashLogs(client), workloads, events);
    this.events = events;
  }

  @Override
  public void accept(Evaluation evaluation) {
    var policy = evaluation.policy();
    var incidents = inNamespace.apply(policy.getMetadata().getNamespace());
    var leaks =
        evaluation.containers().stream()
            .collect(
                Collectors.groupingBy(
                    container -> new Leak(container.workload(), container.key().container())));
    for (var incident : incidents) {
      var target = incident.getSpec().target();
      if (target.policy().equals(policy.getMetadata().getName())
          && Episodes.running(incident.getStatus())) {
        var leak = Leak.of(target);
        var earlier = Episodes.before(incident, incidents);
        follow(incident, leak, earlier, leaks.getOrDefault(leak, List.of()), evaluation);
      }
    }
    crashes.accept(evaluation, incidents);
    if (policy.getMetadata().getDeletionTimestamp() == null) {
      leaks.forEach((leak, containers) -> consider(leak, containers, incidents, evaluation));
    }
  }

  private void consider(
      Leak leak,
      List<WatchedContainer> containers,
      List<LeakIncident> incidents,
      Evaluation evaluation) {
    var inService = inService(containers);
    var confirmed =
        inService.stream().filter(found -> found.verdict() instanceof Verdict.Confirmed).toList();
    if (confirmed.isEmpty()) {
      return;
    }
    var policy = evaluation.policy();
    var earlier =
        Episodes.newest(incidents.stream().filter(incident -> leak.isOf(incident)).toList());
    var cooldown = Durations.parse(policy.getSpec().respond().cooldown());
    Episodes.next(earlier, confirmed, cooldown, evaluation.at())
        .ifPresent(
            episode -> {
              var created = writer.create(leak.incident(policy, episode));
              LOG.info(
                  "incident opened namespace={} incident={}",
                  created.getMetadata().getNamespace(),
                  created.getMetadata().getName());
              begin(created, inService, earlier, evaluation.at());
            });
  }

  private void follow(
      LeakIncident incident,
      Leak leak,
      Optional<LeakIncident> earlier,
      List<WatchedContainer> containers,
      Evaluation evaluation) {
    var inService = inService(containers);
    var now = evaluation.at();
    if (incident.getStatus() == null) {
      // The operator stopped between creating the incident and writing its status.
      begin(incident, inService, earlier, now);
      return;
    }
    var worst = Findings.worst(inService);
    if (worst.isPresent()) {
      var fresh = Findings.of(worst.get(), inService);
      var site = worst.get().verdict().evidence().site();
      if (refreshed(incident.getStatus(), fresh, site) != null) {
        writer.status(incident, status -> refreshed(status, fresh, site));
      }
    } else {
      var horizon = Durations.parse(evaluation.policy().getSpec().observe().trendHorizon());
      ending
          .of(incident, leak, containers, horizon, now)
          .ifPresent(seen -> resolve(incident, seen, now));
    }
  }

  private void begin(
      LeakIncident incident,
      List<Assessment> inService,
      Optional<LeakIncident> predecessor,
      Instant now) {
    var target = incident.getSpec().target();
    var before = predecessor.map(Incidents::known);
    var worst = Findings.worst(inService);
    var finding = worst.map(found -> Findings.of(found, inService)).orElse(null);
    var site = worst.map(found -> found.verdict().evidence().site()).orElse("");
    var message =
        worst.map(found -> found.verdict().evidence().sentence()).orElse("a leak was confirmed");
    var opened = StatusText.opened(target, finding, site, message, before.orElse(null), now);
    writer
        .status(incident, status -> status == null ? opened : status)
        .ifPresent(
            written -> {
              events.record(written, Reason.LEAK_CONFIRMED, message);
              before
                  .map(was -> StatusText.recurred(target, was))
                  .ifPresent(text -> events.record(written, Reason.LEAK_RECURRED, text));
            });
  }

  /** Over the newest version only: what the response intends meanwhile keeps the incident open. */
  private void resolve(LeakIncident incident, String seen, Instant now) {
    writer
        .status(
            incident,
            status ->
                status == null || !Ending.mayEnd(status)
                    ? status
                    : StatusText.resolved(status, seen + " " + Ending.done(status), now))
        .ifPresent(
            written ->
                events.record(
                    written,
                    Reason.LEAK_RESOLVED,
                    Objects.requireNonNullElse(written.getStatus().outcome(), seen)));
  }

  private static @Nullable LeakIncidentStatus refreshed(
      @Nullable LeakIncidentStatus status, Finding fresh, String site) {
    if (status == null || status.phase().terminal()) {
      return null;
    }
    var old = status.finding();
    var next = StatusText.with(status, fresh, site);
    return old == null
            || Findings.worthWriting(old, Objects.requireNonNull(next.finding()))
            || !next.site().equals(status.site())
        ? next
        : null;
  }

  private static Predecessor known(LeakIncident predecessor) {
    var name = predecessor.getMetadata().getName();
    var status = predecessor.getStatus();
    return status == null
        ? new Predecessor(name, Wording.NONE, Wording.NONE, null)
        : new Predecessor(name, Names.camel(status.phase()), status.site(), status.outcome());
  }

  private static List<Assessment> inService(List<WatchedContainer> containers) {
    return containers.stream()
        .filter(container -> !container.quarantined())
        .map(WatchedContainer::assessment)
        .filter(Objects::nonNull)
        .toList();
  }
}
