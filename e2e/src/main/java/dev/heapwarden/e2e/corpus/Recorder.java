package dev.heapwarden.e2e.corpus;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs of the corpus in pods of the cluster that HEAPWARDEN_KUBECONFIG names, several at
 * once, under the installed product, and writes what the agent says of each. The operator is there
 * too: it asks for the counts of classes that only a suspicion brings about.
 */
public final class Recorder {
  private static final String NAMESPACE = "corpus";

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
        new ArrayDeque<>(
            corpus
                .programs()
                .filter(program -> names.isEmpty() || names.contains(program.name()))
                .toList());
    boolean whole;
    try (var cluster = Cluster.start();
        var agent = AgentLine.open(cluster.client(), Kubectl.with(cluster.kubeconfig()))) {
      whole =
          new Recorder(cluster.client(), corpus, directory, Integer.parseInt(arguments[1]))
              .record(programs, agent);
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
      if (!waiting.isEmpty() && running.size() < atOnce) {
        start(waiting.remove());
      }
      hear(agent);
      var now = Instant.now();
      for (var ended :
          running.stream().filter(one -> one.isOver(corpus.recorded(), now)).toList()) {
        whole &= end(ended, ++written, total);
      }
      TimeUnit.SECONDS.sleep(2);
    }
    return whole;
  }

  private void applyPolicy() {
    var policy = new MemoryPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("corpus").withNamespace(NAMESPACE).build());
    policy.setSpec(
        new MemoryPolicySpec(
            new LabelSelectorBuilder().withMatchLabels(ProgramPod.LABELS).build(),
            List.of(),
            RuntimeChoice.AUTO,
            corpus.observe(),
            List.of(),
            Respond.defaults()));
    client.resource(policy).fieldManager("kubectl").forceConflicts().serverSideApply();
  }

  private void start(Program program) {
    var pod =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .resource(ProgramPod.of(program, corpus.limits()))
            .create();
    running.add(new Recording(program, pod.getMetadata().getUid(), Instant.now()));
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

  private boolean end(Recording recording, int number, int total) {
    running.remove(recording);
    var program = recording.program();
    client.pods().inNamespace(NAMESPACE).withName(program.name()).withGracePeriod(0).delete();
    if (!recording.isWhole()) {
      System.err.printf(
          "%3d of %d: %s was not seen as %s%n", number, total, program.name(), program.runtime());
      return false;
    }
    var file = Trace.file(directory, program);
    recording.trace().write(file);
    System.err.printf(
        "%3d of %d: %s, %d bytes%n", number, total, program.name(), file.toFile().length());
    return true;
  }
}
