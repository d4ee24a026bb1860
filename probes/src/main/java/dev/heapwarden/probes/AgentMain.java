package dev.heapwarden.probes;

import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.http.AgentMetrics;
import dev.heapwarden.probes.http.AgentServer;
import dev.heapwarden.probes.http.Answers;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.NodeProbe;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.snapshot.EvidenceCollector;
import dev.heapwarden.probes.snapshot.SnapshotOrders;
import dev.heapwarden.probes.target.CgroupTree;
import dev.heapwarden.probes.target.NodeView;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.ProcessScan;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the agent, and nothing else does. */
public final class AgentMain {
  private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);

  /** Of all containers together. A sample is about 200 bytes of heap: 40 MB of the 128. */
  private static final int SAMPLES = 200_000;

  private static final Path SCRATCH = Path.of("/tmp/hw");
  private static final Path TRACEFS = Path.of("/sys/kernel/tracing");

  private AgentMain() {}

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
    var probe = new NodeProbe(bpftrace, tracepoints, ledger::accept);
    var agent =
        new NodeAgent(
            new ProcessScan(new CgroupTree(settings.cgroupRoot()), proc),
            probe,
            new JvmReadings(ledger, settings.procRoot()),
            ledger);
    var client = new KubernetesClientBuilder().build();
    var view = new NodeView(client, settings.namespaces(), settings.nodeName(), agent::change);
    var store = new ArtifactStore(settings.snapshots(), settings.snapshotQuota());
    var orders =
        new SnapshotOrders(
            client,
            settings.namespaces(),
            settings.nodeName(),
            agent::targets,
            (namespace, pod) -> view.pod(namespace, pod).isPresent(),
            new EvidenceCollector(bpftrace, tracepoints, sites, proc, store, ledger::counted),
            store,
            InstantSource.system());
    var answers =
        new Answers(
            buffer,
            agent::containers,
            () ->
                view.alive() && orders.alive()
                    ? agent.stuck()
                    : Optional.of("an informer has stopped"),
            () ->
                !view.synced() || !orders.synced()
                    ? Optional.of("pods, policies and snapshots have not been read yet")
                    : agent.looked()
                        ? Optional.empty()
                        : Optional.of("targets have not been looked for yet"));
    var server =
        new AgentServer(
            settings.port(),
            answers,
            new AgentMetrics(
                agent::containers, ledger, probe.counters(), probe::alive, buffer::size));
    agent.start(view);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  orders.close();
                  agent.close();
                  view.close();
                  client.close();
                }));
    LOG.info("agent started node={} port={}", settings.nodeName(), server.port());
  }
}
