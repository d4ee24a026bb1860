package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResizeMemoryTest {
  private static final String MIB_200 = "209715200";

  private final List<String> writes = new ArrayList<>();
  private final ApiServer server = new ApiServer(this::answer);
  private Pod pod = pod("256Mi", "Burstable", "");
  private Optional<Pod> other = Optional.empty();
  private boolean knowsResize = true;
  private Assessment assessment = Fixtures.leaking(Double.parseDouble(MIB_200));

  ResizeMemoryTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aLeakingPodGetsMoreMemoryAndNothingElseChanges() {
    var planned = (Plan.Do) plan(125, "1Gi");
    assertThat(planned.message())
        .isEqualTo(
            "raise the memory limit of container checkout from 256Mi to 320Mi in 1 pods, in place");
    assertThat(writes.getFirst()).contains("/pods/checkout-1/resize", "dryRun=All");

    assertThat(act(planned)).isEqualTo(new Acted.Yes());
    assertThat(writes.getLast())
        .startsWith(
            "PUT /api/v1/namespaces/shop/pods/checkout-1/resize?fieldManager=heapwarden-leak")
        .doesNotContain("dryRun")
        .contains("\"resourceVersion\":\"42\"", "\"memory\":\"320Mi\"", "\"memory\":\"8Mi\"");
  }

  @Test
  void aGuaranteedPodStaysGuaranteed() {
    pod = pod("256Mi", "Guaranteed", "");
    act((Plan.Do) plan(125, "1Gi"));
    assertThat(writes.getLast()).doesNotContain("\"memory\":\"8Mi\"");
  }

  @Test
  void thePoliciesMaximumIsNeverExceeded() {
    assertThat(((Plan.Do) plan(200, "300Mi")).message()).contains("to 300Mi");
    assertThat(plan(125, "256Mi"))
        .isEqualTo(
            new Plan.Refuse(
                "deployment/checkout",
                "MaxReached: the limit is 256Mi, and the policy's max is 256Mi"));
  }

  @Test
  void aPolicyWhoseMaximumWasLoweredSinceIsHeeded() {
    var planned = (Plan.Do) plan(125, "1Gi");
    writes.clear();
    assertThat(action().act(situation(125, "300Mi"), step(planned)))
        .isEqualTo(new Acted.No("the policy changed after this was intended"));
    assertThat(writes).isEmpty();
  }

  @Test
  void aPodThatIsAtTheMaximumDoesNotKeepTheOthersFromIt() {
    other =
        Optional.of(
            new PodBuilder(pod("1Gi", "Burstable", ""))
                .editMetadata()
                .withName("checkout-0")
                .endMetadata()
                .build());
    var planned = (Plan.Do) plan(125, "1Gi");
    assertThat(planned.message())
        .contains("from 256Mi to 320Mi in 1 pods")
        .endsWith(
            "; not pod checkout-0: MaxReached: the limit is 1Gi, and the policy's max is 1Gi");
    assertThat(planned.facts()).containsOnlyKeys("pod/checkout-1");
  }

  @Test
  void whatWasResizedBeforeACrashIsRecognisedByLooking() {
    var planned = (Plan.Do) plan(125, "1Gi");
    assertThat(action().isActed(situation(125, "1Gi"), step(planned))).isFalse();
    act(planned);
    assertThat(action().isActed(situation(125, "1Gi"), step(planned))).isTrue();
    pod = pod("320Mi", "Burstable", "kubectl");
    assertThat(action().isActed(situation(125, "1Gi"), step(planned))).isFalse();
  }

  @Test
  void whereNothingSaysWhatIsUsedTheLimitIsNotLowered() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    inForce("320Mi");
    writes.clear();
    assessment = Fixtures.assessment();
    assertThat(undo(planned, Duration.ofMinutes(3)))
        .isEqualTo(
            new Seen.NotYet(
                "what pod checkout-1 uses is not known yet: its limit stays 320Mi until then"));
    assertThat(undo(planned, Duration.ofMinutes(4)))
        .isEqualTo(
            new Seen.Failed(
                "nothing says what pod checkout-1 uses: its limit stays 320Mi until it is"
                    + " replaced"));
    assertThat(writes).isEmpty();
  }

  @Test
  void aContainerThatWouldRestartIsRefused() {
    pod =
        new PodBuilder(pod)
            .editSpec()
            .editFirstContainer()
            .addNewResizePolicy("memory", "RestartContainer")
            .endContainer()
            .endSpec()
            .build();
    assertThat(plan(125, "1Gi"))
        .isEqualTo(
            new Plan.Refuse(
                "deployment/checkout",
                "RestartRequired: the container's resizePolicy restarts it for memory"));
  }

  @Test
  void onlyPodsThatShowTheLeakAreResized() {
    assessment = Fixtures.assessment();
    assertThat(plan(125, "1Gi"))
        .isEqualTo(
            new Plan.Refuse("deployment/checkout", "NoPodLeaks: no pod in service shows the leak"));
  }

  @Test
  void aClusterThatKnowsNoResizeIsToldSo() {
    knowsResize = false;
    assertThat(plan(125, "1Gi"))
        .isInstanceOfSatisfying(
            Plan.Refuse.class, refused -> assertThat(refused.reason()).startsWith("NotSupported"));
  }

  @Test
  void itIsDoneWhenTheKubeletHasItInForce() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    assertThat(look(planned)).isInstanceOf(Seen.NotYet.class);
    inForce("320Mi");
    assertThat(look(planned))
        .isInstanceOfSatisfying(
            Seen.Done.class, done -> assertThat(done.message()).contains("1 of 1 pods have it"));
    assertThat(act(planned)).as("again changes nothing").isEqualTo(new Acted.Yes());
    assertThat(writes).hasSize(2);
  }

  @Test
  void aNodeWithoutRoomIsAFailureWithItsReason() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    condition("PodResizePending", "Infeasible", "Node didn't have enough capacity: memory");
    assertThat(look(planned))
        .isEqualTo(
            new Seen.Failed(
                "pod checkout-1: Infeasible: Node didn't have enough capacity: memory"));
  }

  @Test
  void undoSetsTheRecordedLimitBack() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    inForce("320Mi");
    assertThat(undo(planned)).isInstanceOf(Seen.NotYet.class);
    assertThat(writes.getLast()).contains("\"memory\":\"256Mi\"");
    inForce("256Mi");
    assertThat(undo(planned)).isEqualTo(new Seen.Done("pod checkout-1 is back at 256Mi"));
  }

  @Test
  void aLimitBelowWhatIsUsedIsNotSetBack() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    inForce("320Mi");
    assessment = Fixtures.leaking(300 * 1_048_576.0);
    assertThat(undo(planned))
        .isEqualTo(
            new Seen.Failed(
                "pod checkout-1 uses 300.0 MiB, which does not fit into 256Mi: its limit stays"
                    + " 320Mi until it is replaced"));
    assertThat(writes).hasSize(2);
  }

  @Test
  void aLimitThatSomebodyElseSetIsLeftAlone() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    pod = pod("512Mi", "Burstable", "kubectl");
    assertThat(undo(planned))
        .isEqualTo(new Seen.Done("the limit of pod checkout-1 is not ours: left alone"));
    assertThat(writes).hasSize(2);
  }

  private ResizeMemory action() {
    return new ResizeMemory(server.client(), (workload, container) -> assessments());
  }

  private List<Assessment> assessments() {
    return Stream.concat(other.stream(), Stream.of(pod)).map(this::assessment).toList();
  }

  private Assessment assessment(Pod of) {
    var key = assessment.container();
    return new Assessment(
        assessment.workloadUid(),
        new ContainerKey(
            key.namespace(),
            of.getMetadata().getName(),
            key.podUid(),
            key.container(),
            key.containerId()),
        assessment.runtime(),
        assessment.quarantined(),
        assessment.verdict(),
        assessment.containerAge(),
        assessment.at());
  }

  private Plan plan(int percent, String max) {
    return action().plan(situation(percent, max));
  }

  private Acted act(Plan.Do planned) {
    return action().act(situation(125, "1Gi"), step(planned));
  }

  private Seen look(Plan.Do planned) {
    return action().look(situation(125, "1Gi"), step(planned));
  }

  private Seen undo(Plan.Do planned) {
    return action().undo(incident(), step(planned), Fixtures.NOON);
  }

  private Seen undo(Plan.Do planned, Duration after) {
    var undoing = Steps.undoing(step(planned), "undo was asked for", Fixtures.NOON);
    return action().undo(incident(), undoing, Fixtures.NOON.plus(after));
  }

  private Step step(Plan.Do planned) {
    return Intended.step(action(), planned);
  }

  private static LeakIncident incident() {
    return Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), "Go");
  }

  private static Situation situation(int percent, String max) {
    var respond = Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1));
    return new Situation(
        incident(),
        Fixtures.policy(
            new Respond(
                respond.mode(),
                respond.maxLevel(),
                respond.diagnose(),
                respond.isolate(),
                new Intervene(null, null, null, new Resize(percent, max), "24h"),
                respond.limits(),
                respond.cooldown(),
                List.of())),
        Fixtures.NOON);
  }

  private void inForce(String limit) {
    pod =
        new PodBuilder(pod)
            .editStatus()
            .editFirstContainerStatus()
            .withNewResources()
            .addToLimits("memory", new Quantity(limit))
            .endResources()
            .endContainerStatus()
            .endStatus()
            .build();
  }

  private void condition(String type, String reason, String message) {
    pod =
        new PodBuilder(pod)
            .editStatus()
            .addNewCondition()
            .withType(type)
            .withStatus("True")
            .withReason(reason)
            .withMessage(message)
            .endCondition()
            .endStatus()
            .build();
  }

  /** A pod to read, and its resize. */
  private Reply answer(String method, URI uri, String body) {
    if (method.equals("PUT")) {
      writes.add("PUT " + uri + "\n" + body);
      if (!knowsResize) {
        return Reply.refusal(404, "");
      }
      if (!uri.toString().contains("dryRun")) {
        resize(Serialization.unmarshal(body, Pod.class));
      }
    }
    return Reply.ok(uri.getPath().endsWith("/checkout-0") ? other.orElseThrow() : pod);
  }

  private void resize(Pod asked) {
    var limit = asked.getSpec().getContainers().getFirst().getResources().getLimits().get("memory");
    var status = pod.getStatus();
    pod = pod(String.valueOf(limit), "Burstable", "heapwarden-leak");
    pod.setStatus(status);
  }

  private static Pod pod(String limit, String qos, String manager) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: checkout-1
          namespace: shop
          uid: uid-of-pod
          resourceVersion: "42"
          managedFields:
          - manager: %s
            operation: Update
            subresource: resize
            fieldsV1: {f:spec: {f:containers: {'k:{"name":"checkout"}': {f:resources: {f:limits: {f:memory: {}}}}}}}
        spec:
          containers:
          - name: checkout
            resources: {limits: {memory: %s}, requests: {memory: 8Mi}}
        status:
          qosClass: %s
          containerStatuses:
          - name: checkout
            resources: {limits: {memory: 256Mi}}
        """
            .formatted(manager.isEmpty() ? "kubelet" : manager, limit, qos),
        Pod.class);
  }
}
