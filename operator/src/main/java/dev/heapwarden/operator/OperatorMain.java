package dev.heapwarden.operator;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.watch.Changes;
import dev.heapwarden.crds.watch.Informers;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import dev.heapwarden.operator.collect.AgentDirectory;
import dev.heapwarden.operator.collect.AgentToken;
import dev.heapwarden.operator.collect.Collector;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.evaluate.AssessmentBook;
import dev.heapwarden.operator.evaluate.Levels;
import dev.heapwarden.operator.evaluate.MemoryPolicyReconciler;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.health.HealthSnapshotOrders;
import dev.heapwarden.operator.incident.Incidents;
import dev.heapwarden.operator.incident.OutdatedSnapshots;
import dev.heapwarden.operator.incident.SecondLook;
import dev.heapwarden.operator.report.ClusterEvents;
import dev.heapwarden.operator.report.HttpEndpoints;
import dev.heapwarden.operator.report.Measures;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import dev.heapwarden.operator.respond.KubernetesInstallation;
import dev.heapwarden.operator.respond.LeakIncidentReconciler;
import dev.heapwarden.operator.respond.guard.Breaker;
import dev.heapwarden.operator.respond.guard.Quotas;
import dev.heapwarden.operator.respond.journal.PolicyHold;
import dev.heapwarden.operator.schedule.Alarms;
import dev.heapwarden.operator.tls.AgentCertificates;
import dev.heapwarden.operator.tls.CertificateKeeper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the operator and runs it. The whole graph is here, made by hand. */
public final class OperatorMain {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);

  /** Of the Deployment and of the lease. */
  static final String NAME = "heapwarden-operator";

  private OperatorMain() {}

  /**
   * Runs until the process is told to stop.
   *
   * @param args none, or {@code uninstall} to end what this operator did and then itself
   */
  public static void main(String[] args) throws InterruptedException {
    if (List.of(args).equals(List.of("uninstall"))) {
      System.exit(UninstallMain.run(System.getenv()));
    }
    try {
      start(Settings.from(System.getenv()));
    } catch (IOException | RuntimeException e) {
      LOG.error("operator could not start", e);
      // Informers that did start would keep the process alive, and useless.
      System.exit(1);
    }
  }

  private static void start(Settings settings) throws IOException {
    var clock = Clock.systemUTC();
    var measures = new Measures();
    var client = new KubernetesClientBuilder().build();

    var directory = new AgentDirectory(client, settings.namespace());
    var store = new SampleStore(settings.silentAfter());
    var collector =
        new Collector(
            directory,
            new AgentToken(settings.agentToken()),
            store,
            settings.collectInterval(),
            clock,
            measures);
    var certificates =
        new CertificateKeeper(
            new AgentCertificates(client, settings.namespace(), clock), collector::trust);

    var namespaces = settings.namespaces();
    var incidents =
        Informers.start(
            namespaces.of(client.resources(LeakIncident.class)), new Changes<>(() -> {}));
    var workloads = new Workloads(client, incidents::get);
    var events = new ClusterEvents(client, clock, settings.identity());
    var assessments = new AssessmentBook();

    var incidentStore = new KubernetesIncidents(client, namespaces);
    var hold = new PolicyHold(incidentStore);

    var alarms = new Alarms();
    var leading = new AtomicBoolean();
    var operator =
        operator(
            client,
            settings,
            () -> {
              leading.set(true);
              certificates.start();
              collector.start();
              alarms.start();
            },
            () -> {
              leading.set(false);
              alarms.close();
              certificates.close();
              collector.close();
            });
    operator.register(
        new MemoryPolicyReconciler(
            store,
            workloads,
            assessments,
            events,
            measures,
            new SecondLook(client)
                .andThen(
                    new Incidents(
                        client,
                        namespace -> incidents.inNamespace(namespace).toList(),
                        workloads,
                        events))
                .andThen(
                    new OutdatedSnapshots(
                        client, namespace -> incidents.inNamespace(namespace).toList(), events)),
            new HealthSnapshotOrders(client, events),
            policy -> hold.mend(policy, incidents.inNamespace(policy.getMetadata().getNamespace())),
            policy ->
                Breaker.whyOpen(
                    policy,
                    incidents.inNamespace(policy.getMetadata().getNamespace()).toList(),
                    clock.instant()),
            alarms,
            settings.levels(),
            clock),
        overrider -> watch(overrider, namespaces));
    operator.register(
        new LeakIncidentReconciler(
            client,
            incidentStore,
            new KubernetesInstallation(
                client, settings.namespace(), settings.levels(), settings.quotas()),
            assessments,
            events,
            clock,
            settings.incidentRetention(),
            alarms),
        overrider -> watch(overrider, namespaces));

    measures.tell(new KnownState(leading::get, store, assessments, incidents::list, clock));
    var informed = new AtomicBoolean();
    new HttpEndpoints(
        settings.port(),
        measures,
        new OperatorHealth(
                () -> directory.alive() && incidents.alive(), leading::get, collector::sinceRound)
            ::problem,
        () ->
            informed.get()
                && directory.synced()
                && incidents.synced()
                && operator.getRuntimeInfo().allEventSourcesAreHealthy());
    // Returns when the informers have their data; the election goes on in the background.
    operator.start();
    informed.set(true);
    LOG.info(
        "operator started namespace={} identity={}", settings.namespace(), settings.identity());
  }

  private static void watch(
      ControllerConfigurationOverrider<?> controller, WatchedNamespaces namespaces) {
    if (!namespaces.all()) {
      controller.settingNamespaces(namespaces.names());
    }
  }

  /** Standbys are informed and ready; only the leader certifies and asks agents, and reconciles. */
  private static Operator operator(
      KubernetesClient client, Settings settings, Runnable leads, Runnable ends) {
    var election =
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(NAME)
            .withLeaseNamespace(settings.namespace())
            .withIdentity(settings.identity())
            .withLeaderCallbacks(
                new LeaderCallbacks(
                    leads, ends, leader -> LOG.info("leader elected leader={}", leader)))
            .build();
    return new Operator(
        overrider ->
            overrider
                .withKubernetesClient(client)
                .withLeaderElectionConfiguration(election)
                .withUseSSAToPatchPrimaryResource(true));
  }

  /**
   * What the environment says.
   *
   * @param namespace of the operator itself, its lease and its agents
   * @param identity that holds the lease
   * @param namespaces whose policies are followed
   * @param levels of response that there are permissions for
   * @param quotas of what may be done
   * @param collectInterval between two questions to an agent
   * @param incidentRetention for which an incident is kept after its end
   * @param port of the HTTP endpoints
   * @param agentToken file of the token that agents are shown
   */
  record Settings(
      String namespace,
      String identity,
      WatchedNamespaces namespaces,
      Levels levels,
      Quotas quotas,
      Duration collectInterval,
      Duration incidentRetention,
      int port,
      Path agentToken) {
    static Settings from(Map<String, String> environment) {
      return new Settings(
          environment.getOrDefault("POD_NAMESPACE", "heapwarden-system"),
          environment.getOrDefault("POD_NAME", UUID.randomUUID().toString()),
          WatchedNamespaces.parse(environment.getOrDefault("WATCH_NAMESPACES", "")),
          Levels.parse(environment.getOrDefault("LEVELS", "1,2,3")),
          Quotas.from(environment),
          Durations.parse(environment.getOrDefault("COLLECT_INTERVAL", "5s")),
          Durations.parse(environment.getOrDefault("INCIDENT_RETENTION", "720h")),
          Integer.parseInt(environment.getOrDefault("HTTP_PORT", "8080")),
          Path.of(
              environment.getOrDefault(
                  "AGENT_TOKEN_FILE", "/var/run/secrets/heapwarden/agent/token")));
    }

    /** Three questions in a row without an answer, each with its deadline. */
    Duration silentAfter() {
      return collectInterval.plusSeconds(5).multipliedBy(3);
    }
  }
}
