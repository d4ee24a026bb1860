package dev.heapwarden.e2e.corpus;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs of the corpus in pods of the cluster that HEAPWARDEN_KUBECONFIG names, several at
 * once, under the installed product, and writes what the agent says of each. The operator is there
 * too: it asks for the counts of classes that only a suspicion brings about, and for the snapshot
 * of a leak that it confirms.
 */
public final class Recorder {
  private static final String NAMESPACE = "corpus";

  /** For which a program goes on, unrecorded, while a snapshot of it waits for its turn. */
  private static final Duration FOR_A_SNAPSHOT = Duration.ofMinutes(2);

  private final KubernetesClient client;
  private final Corpus corpus;
  private final Path directory;
  private final int atOnce;
  private final List<Recording> running = new ArrayList<>();

  private Recorder(KubernetesClient client, Corpus corpus, Path directory, int atOnce) {
    this.client = client;
    this.corpus = corpus;
    this.directory = directory;
    this.atOnce = atOnce;
  }

  /**
   * Exits with 1 if a program was not seen as what it is.
   *
   * @param arguments {@code e2e/corpus}; programs at once; names of programs, all without one
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var directory = Path.of(arguments[0]);
    var corpus = Corpus.in(directory);
    var names = Set.copyOf(List.of(arguments).subList(2, arguments.length));
    var programs =
        new ArrayList<>(
            corpus
                .programs()
                .filter(program -> names.isEmpty() || names.contains(program.name()))
                .toList());
    // A node takes one snapshot at a time: leaks of one runtime should not all come at once.
    Collections.shuffle(programs, new Random(1));
    programs.sort(Comparator.comparing(Program::slow).reversed());
    boolean whole;
    try (var cluster = Cluster.start();
        var agent = AgentLine.open(cluster.client(), Kubectl.with(cluster.kubeconfig()))) {
      whole =
          new Recorder(cluster.client(), corpus, directory, Integer.parseInt(arguments[1]))
              .record(new ArrayDeque<>(programs), agent);
    }
    System.exit(whole ? 0 : 1);
  }

  private boolean record(Queue<Program> waiting, AgentLine agent)
      throws IOException, InterruptedException {
    applyPolicy();
    int total = waiting.size();
    int written = 0;
    boolean whole = true;
    while (!waiting.isEmpty() || !running.isEmpty()) {
      if (!waiting.isEmpty() && (waiting.element().slow() || isRoom())) {
        start(waiting.remove());
      }
      hear(agent);
      var now = Instant.now();
      for (var over : running.stream().filter(one -> one.isOver(now)).toList()) {
        var snapshots = snapshots(over);
        boolean answered = snapshots.stream().allMatch(Recorder::ended) && !awaitsSnapshot(over);
        if (answered || over.isOver(now.minus(FOR_A_SNAPSHOT))) {
          whole &= end(over, snapshots, ++written, total);
        }
      }
      TimeUnit.SECONDS.sleep(2);
    }
    return whole;
  }

  /** Slow ones hardly do anything. */
  private boolean isRoom() {
    return running.stream().filter(one -> !one.program().slow()).count() < atOnce;
  }

  /** Those that its incident ordered, oldest first. */
  private List<MemorySnapshot> snapshots(Recording recording) {
    return client.resources(MemorySnapshot.class).inNamespace(NAMESPACE).list().getItems().stream()
        .filter(recording::isOfThis)
        .filter(
            snapshot ->
                snapshot.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> owner.getKind().equals("LeakIncident")))
        .sorted(Comparator.comparing(one -> one.getMetadata().getCreationTimestamp()))
        .toList();
  }

  /** Whether its leak is confirmed, and not diagnosed. */
  private boolean awaitsSnapshot(Recording recording) {
    return client.resources(LeakIncident.class).inNamespace(NAMESPACE).list().getItems().stream()
        .filter(recording::isOfThis)
        .map(LeakIncident::getStatus)
        .filter(Objects::nonNull)
        .filter(status -> !status.phase().terminal())
        .anyMatch(status -> status.verdict().equals("Confirmed") && status.level() == 0);
  }

  private static boolean ended(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status != null && status.completedAt() != null;
  }

  private void applyPolicy() {
    var defaults = Respond.defaults();
    var policy = new MemoryPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("corpus").withNamespace(NAMESPACE).build());
    policy.setSpec(
        new MemoryPolicySpec(
            new LabelSelectorBuilder().withMatchLabels(ProgramPod.LABELS).build(),
            List.of(),
            RuntimeChoice.AUTO,
            corpus.observe(),
            List.of(),
            new Respond(
                Mode.ENFORCE,
                1,
                corpus.diagnose(),
                defaults.isolate(),
                defaults.intervene(),
                defaults.limits(),
                defaults.cooldown(),
                defaults.maintenanceWindows())));
    client.resource(policy).fieldManager("kubectl").forceConflicts().serverSideApply();
  }

  private void start(Program program) {
    var pod =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .resource(ProgramPod.of(program, corpus.limits()))
            .create();
    running.add(
        new Recording(
            program, pod.getMetadata().getUid(), Instant.now(), corpus.recorded(program)));
  }

  /** What is not answered now is answered later: the agent keeps it. */
  private void hear(AgentLine agent) throws IOException, InterruptedException {
    try {
      boolean more = true;
      while (more) {
        var batch = agent.next();
        var now = Instant.now();
        running.forEach(recording -> recording.hear(batch, now));
        more = batch.more();
      }
    } catch (IOException e) {
      System.err.println("the agent did not answer: " + e.getMessage());
      agent.reopen();
    }
  }

  private boolean end(Recording recording, List<MemorySnapshot> snapshots, int number, int total) {
    running.remove(recording);
    var program = recording.program();
    client.pods().inNamespace(NAMESPACE).withName(program.name()).withGracePeriod(0).delete();
    if (!recording.isWhole()) {
      System.err.printf(
          "%3d of %d: %s was not seen as %s%n", number, total, program.name(), program.runtime());
      return false;
    }
    var file = Trace.file(directory, program);
    var taken =
        snapshots.stream()
            .filter(Recorder::ended)
            .map(MemorySnapshot::getStatus)
            .filter(status -> status.phase() == Phase.COMPLETED)
            .toList();
    recording.trace(taken).write(file);
    System.err.printf(
        "%3d of %d: %s, %d bytes, %d of %d snapshots%n",
        number, total, program.name(), file.toFile().length(), taken.size(), snapshots.size());
    return true;
  }
}
