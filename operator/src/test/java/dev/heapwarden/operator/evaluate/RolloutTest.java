package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Agent;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.report.Measures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One pod of a revision after the other, each judged once a minute. */
class RolloutTest {
  private static final double MIB = 1024 * 1024;
  private static final int LONG = 120;
  private static final int SHORT = 90;
  private static final MemoryPolicy POLICY = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
  private static final Agent AGENT =
      new Agent("agent", "agent", "node-1", URI.create("https://agent"));
  private static final double STILL = 0;
  private static final double LEAK = 1;

  private final SampleStore store = new SampleStore(Duration.ofHours(1));
  private final AssessmentBook book = new AssessmentBook();
  private final Evaluator evaluator =
      new Evaluator(
          store,
          new Workloads(new KubernetesClientBuilder().build(), (_, _) -> Optional.empty()),
          book,
          new Measures());
  private Instant now = Cluster.NOW;
  private long sequence;
  private String runtimeVersion = "go1.26.8";

  @Test
  void aLeakThatCameWithARevisionSaysSo() {
    run("a", LONG, STILL);

    var verdict = run("b", SHORT, LEAK);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence())
        .endsWith(" It began with this revision: the one before did not grow at this age.");
  }

  @Test
  void aLeakThatTheRevisionBeforeHadTooSaysSo() {
    run("a", LONG, LEAK);

    var verdict = run("b", SHORT, LEAK);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence())
        .endsWith(" The revision before grew as fast at this age.");
  }

  /** Its own past is no revision before. */
  @Test
  void theFirstPodOfTheFirstRevisionHasNothingToCompare() {
    var verdict = run("a", LONG, LEAK);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence()).doesNotContain("revision");
  }

  @Tag("E20")
  @Test
  void aLeakOnAReleaseThatHoldsMoreThanItNeedsSaysSo() {
    runtimeVersion = "go1.24.2";

    assertThat(run("a", LONG, LEAK).evidence().sentence())
        .contains(" Beside that, in go1.24.2 large objects");
  }

  /** The last verdict of a pod of the revision, which holds so many MiB more each minute. */
  private Verdict run(String revision, int minutes, double mibEachMinute) {
    var startedAt = now;
    var key = Cluster.key("checkout-" + revision);
    var last = Optional.<Verdict>empty();
    for (int minute = 1; minute <= minutes; minute++) {
      now = startedAt.plus(Duration.ofMinutes(minute));
      feed(key, startedAt, minute, mibEachMinute);
      var found =
          evaluator.evaluate(POLICY, PolicyRules.compile(POLICY), List.of(pod(key, revision)), now);
      book.replace(POLICY.getMetadata(), found);
      last =
          found.stream().map(one -> Objects.requireNonNull(one.assessment()).verdict()).findFirst();
    }
    return last.orElseThrow();
  }

  private void feed(ContainerKey key, Instant startedAt, int minute, double mibEachMinute) {
    var samples = new ArrayList<Sample>();
    for (double at = minute - 1; at < minute; at += 0.25) {
      double held = mibEachMinute * at * MIB;
      var when = startedAt.plusSeconds((long) (at * 60));
      samples.add(
          new Sample(
              ++sequence,
              when,
              key,
              Origin.GO_GC_UPROBE,
              Map.of(Signal.POST_GC_LIVE_HEAP, 40 * MIB + held),
              null));
      samples.add(
          new Sample(
              ++sequence,
              when,
              key,
              Origin.CGROUP,
              Map.of(Signal.ANONYMOUS_MEMORY, 90 * MIB + 2 * held),
              null));
    }
    var state =
        new ContainerState(
            key, "checkout", RuntimeKind.GO, runtimeVersion, startedAt, List.of(), null);
    store.agents(List.of(AGENT), now);
    store.accept(
        AGENT,
        new SampleBatch("epoch", sequence, 0, false, false, List.of(state), samples),
        false,
        now);
  }

  private static Pod pod(ContainerKey key, String revision) {
    return new PodBuilder(Cluster.pod(key.pod(), Map.of("controller-revision-hash", revision)))
        .editMetadata()
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("StatefulSet")
        .withName("checkout")
        .withUid("uid-checkout")
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .editStatus()
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
