package dev.heapwarden.probes;

import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.probes.access.AccessReviews;
import dev.heapwarden.probes.access.Callers;
import dev.heapwarden.probes.access.ServingIdentity;
import dev.heapwarden.probes.access.TlsSecret;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.gclog.PodLogs;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.http.AgentMetrics;
import dev.heapwarden.probes.http.AgentServer;
import dev.heapwarden.probes.http.Answers;
import dev.heapwarden.probes.http.StatusServer;
import dev.heapwarden.probes.objectstore.Bucket;
import dev.heapwarden.probes.objectstore.ObjectStore;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.NodeProbe;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.snapshot.ClusterPods;
import dev.heapwarden.probes.snapshot.EvidenceCollector;
import dev.heapwarden.probes.snapshot.SnapshotMeasures;
import dev.heapwarden.probes.snapshot.SnapshotOrders;
import dev.heapwarden.probes.target.CgroupTree;
import dev.heapwarden.probes.target.NodeView;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.ProcessCounts;
import dev.heapwarden.probes.target.ProcessScan;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Builds the agent, and nothing else does. */
public final class AgentMain {
  private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);

  /** Of all containers together. A sample is about 200 bytes of heap: 40 MB of the 128. */
  private static final int SAMPLES = 200_000;

  private static final Path SCRATCH = Path.of("/tmp/hw");
  private static final Path TRACEFS = Path.of("/sys/kernel/tracing");

  /** Two reviews are within the operator's 5 s for the whole exchange. */
  private static final int REVIEW_MILLIS = 2_000;

  private AgentMain() {}

  /** With the credentials of the mounted file, else of the pod's or the node's role. */
  private static ObjectStore objectStore(Bucket bucket) {
    return new ObjectStore(bucket, DefaultCredentialsProvider.builder().build());
  }

  public static void main(String[] arguments) throws IOException {
    var settings = AgentSettings.of(System.getenv());
    var bpftrace = new Bpftrace(List.of("bpftrace"), SCRATCH);
    bpftrace.clean();
    bpftrace.orient();
    var proc = new ProcFs(settings.procRoot());
    var buffer = new SampleBuffer(SAMPLES, SampleBatch.PAGE, new SecureRandom());
    var sites = new Sites();
    var ledger = new Ledger(buffer, sites, WallClock.system(), settings.procRoot());
    var tracepoints = new Tracepoints(TRACEFS);
    var spending = new Spending(System::nanoTime, InstantSource.system());
    var probe = new NodeProbe(bpftrace, tracepoints, spending, ledger::accept);
    var logCounts = new GcLogCounts();
    var agent =
        new NodeAgent(
            new ProcessScan(new CgroupTree(settings.cgroupRoot()), proc),
            new ProcessCounts(proc),
            probe,
            new JvmReadings(ledger, settings.procRoot()),
            new GoReadings(ledger, proc),
            new LogReadings(
                ledger, new GcLogs(settings.podLogs(), proc, InstantSource.system(), logCounts)),
            new OfferedReadings(ledger, spending),
            ledger,
            spending);
    var client = new KubernetesClientBuilder().build();
    var view = new NodeView(client, settings.namespaces(), settings.nodeName(), agent::change);
    var store = new ArtifactStore(settings.snapshots(), settings.snapshotQuota());
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var orders =
        new SnapshotOrders(
            client,
            settings.namespaces(),
            settings.nodeName(),
            agent::targets,
            (namespace, pod) -> view.pod(namespace, pod).isPresent(),
            new EvidenceCollector(
                bpftrace,
                tracepoints,
                sites,
                proc,
                store,
                ledger::counted,
                ledger::found,
                ledger::maps,
                spending,
                new ClusterPods(client, view, settings.podLogs().map(PodLogs::new))),
            store,
            settings.bucket().map(AgentMain::objectStore),
            new SnapshotMeasures(registry),
            InstantSource.system());
    var identity = new ServingIdentity();
    var secret = new TlsSecret(client, settings.namespace(), identity);
    var answers =
        new Answers(
            buffer,
            agent::containers,
            () ->
                view.alive() && orders.alive() && secret.alive()
                    ? agent.stuck()
                    : Optional.of("an informer has stopped"),
            () ->
                !view.synced() || !orders.synced()
                    ? Optional.of("pods, policies and snapshots have not been read yet")
                    : agent.looked()
                        ? secret.missing()
                        : Optional.of("targets have not been looked for yet"));
    var status =
        new StatusServer(
            settings.statusPort(),
            answers,
            new AgentMetrics(
                registry,
                agent::containers,
                ledger,
                spending,
                probe.counters(),
                probe::alive,
                buffer,
                logCounts));
    var reviewing = reviewing();
    var server =
        new AgentServer(
            settings.port(),
            settings.namespace(),
            identity,
            new Callers(new AccessReviews(reviewing), System::nanoTime),
            answers,
            store);
    agent.start(view);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  status.close();
                  server.close();
                  secret.close();
                  orders.close();
                  agent.close();
                  view.close();
                  reviewing.close();
                  client.close();
                }));
    LOG.info("agent started node={} port={}", settings.nodeName(), server.port());
  }

  /** A caller waits for what this one asks: it tries once, and not for long. */
  private static KubernetesClient reviewing() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withConnectionTimeout(REVIEW_MILLIS)
                .withRequestTimeout(REVIEW_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }
}
