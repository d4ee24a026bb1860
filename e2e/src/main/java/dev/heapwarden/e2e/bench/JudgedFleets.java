package dev.heapwarden.e2e.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.operator.collect.Agent;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.evaluate.AssessmentBook;
import dev.heapwarden.operator.evaluate.Evaluator;
import dev.heapwarden.operator.evaluate.PolicyRules;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.report.Measures;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Fleets whose samples the operator's own parts take and judge; one policy for each of them. */
final class JudgedFleets {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final int READINGS_PER_ROUND = 60 / Fleet.INTERVAL_SECONDS;
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final SampleStore store = new SampleStore(Duration.ofMinutes(5));
  private final AssessmentBook book = new AssessmentBook();
  private final Evaluator evaluator =
      new Evaluator(
          store,
          new Workloads(new KubernetesClientBuilder().build(), (_, _) -> Optional.empty()),
          book,
          new Measures());
  private final List<Judged> fleets = new ArrayList<>();
  private int readings;
  private long madeUpNanos;

  private record Judged(Fleet fleet, MemoryPolicy policy, PolicyRules rules) {}

  JudgedFleets(Duration past) {
    readings = (int) (past.toSeconds() / Fleet.INTERVAL_SECONDS);
  }

  /** Until there are as many containers, each with a past as long as the others'. */
  void growTo(int containers) {
    while (fleets.size() * Fleet.CONTAINERS < containers) {
      var fleet = new Fleet(fleets.size(), START);
      var policy = policy(fleet);
      fleets.add(new Judged(fleet, policy, PolicyRules.compile(policy)));
      store.agents(agents(), fleet.at(0));
      for (int from = 0; from < readings; from += Fleet.READINGS_PER_PAGE) {
        feed(fleet, from, Math.min(from + Fleet.READINGS_PER_PAGE, readings));
      }
    }
  }

  /** A minute's samples and a verdict for each container; the CPU seconds of it. */
  double round() {
    long before = PROCESS.getProcessCpuTime();
    madeUpNanos = 0;
    for (int reading = 0; reading < READINGS_PER_ROUND; reading++) {
      for (var judged : fleets) {
        feed(judged.fleet, readings, readings + 1);
      }
      readings++;
    }
    for (var judged : fleets) {
      var pods = madeUp(() -> pods(judged.fleet));
      var found =
          evaluator.evaluate(judged.policy, judged.rules, pods, judged.fleet.at(readings - 1));
      requireVerdicts(found);
      book.replace(judged.policy.getMetadata(), found);
    }
    return (PROCESS.getProcessCpuTime() - before - madeUpNanos) / 1e9;
  }

  /** What a full collection leaves of the whole heap. */
  static double retainedMebibytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / (double) (1 << 20);
  }

  private static void requireVerdicts(List<WatchedContainer> found) {
    if (found.size() != Fleet.CONTAINERS
        || found.stream().anyMatch(container -> container.assessment() == null)) {
      throw new IllegalStateException("not every container was judged");
    }
  }

  private void feed(Fleet fleet, int from, int to) {
    var page = madeUp(() -> fleet.page(from, to));
    store.accept(fleet.agent(), page, false, fleet.at(to));
  }

  private <T> T madeUp(Supplier<T> making) {
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    var made = making.get();
    madeUpNanos += threads.getCurrentThreadCpuTime() - before;
    return made;
  }

  private List<Agent> agents() {
    return fleets.stream().map(judged -> judged.fleet.agent()).toList();
  }

  private static MemoryPolicy policy(Fleet fleet) {
    var policy = new MemoryPolicy();
    policy.getMetadata().setName("all");
    policy.getMetadata().setNamespace(fleet.namespace());
    policy.getMetadata().setUid("policy-" + fleet.node());
    policy.getMetadata().setGeneration(1L);
    policy.setSpec(
        new MemoryPolicySpec(
            new LabelSelector(),
            List.of(),
            RuntimeChoice.AUTO,
            Observe.defaults(),
            List.of(),
            Respond.defaults()));
    return policy;
  }

  private static List<Pod> pods(Fleet fleet) {
    return IntStream.range(0, Fleet.CONTAINERS)
        .mapToObj(container -> pod(fleet, container))
        .toList();
  }

  private static Pod pod(Fleet fleet, int container) {
    var key = fleet.key(container);
    return new PodBuilder()
        .withNewMetadata()
        .withName(key.pod())
        .withNamespace(key.namespace())
        .withUid(key.podUid())
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("StatefulSet")
        .withName("service-" + container)
        .withUid("set-" + container)
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withNodeName(fleet.nodeName())
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .addNewContainerStatus()
        .withName(key.container())
        .withContainerID("containerd://" + key.containerId())
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
