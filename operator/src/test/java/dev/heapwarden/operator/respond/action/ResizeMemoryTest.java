package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResizeMemoryTest {
  private static final String MIB_200 = "209715200";

  private final List<String> writes = new ArrayList<>();
  private final HttpServer server;
  private final KubernetesClient client;
  private Pod pod = pod("256Mi", "Burstable", "");
  private Optional<Pod> other = Optional.empty();
  private int answer = 200;
  private int conflicts;
  private Assessment assessment = Fixtures.leaking(Double.parseDouble(MIB_200));

  ResizeMemoryTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
  }

  @BeforeEach
  void open() {
    server.createContext("/", this::take);
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.stop(0);
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
    other = Optional.of(other("1Gi", ""));
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
  void aResizeThatACrashLeftHalfDoneIsKeptAsItIsAndTakenBack() {
    other = Optional.of(other("256Mi", ""));
    var planned = (Plan.Do) plan(125, "1Gi");
    other = Optional.of(resized(other("320Mi", "heapwarden-leak"), "320Mi"));
    writes.clear();

    assertThat(action().isActed(situation(125, "1Gi"), step(planned))).isTrue();
    assertThat(look(planned))
        .isInstanceOfSatisfying(
            Seen.Done.class,
            done ->
                assertThat(done.message())
                    .endsWith("1 of 2 pods have it; pod checkout-1 has 256Mi"));
    assertThat(undo(planned)).isInstanceOf(Seen.NotYet.class);
    assertThat(writes)
        .singleElement()
        .satisfies(
            write -> assertThat(write).contains("/pods/checkout-0/resize", "\"memory\":\"256Mi\""));
    other = Optional.of(resized(other.orElseThrow(), "256Mi"));
    assertThat(undo(planned))
        .isEqualTo(
            new Seen.Done(
                "the limit of pod checkout-0 is 256Mi; the limit of pod checkout-1 is 256Mi"));
  }

  @Test
  void aPodThatChangesMeanwhileIsResizedAllTheSame() {
    var planned = (Plan.Do) plan(125, "1Gi");
    conflicts = 2;
    assertThat(act(planned)).isEqualTo(new Acted.Yes());
    assertThat(action().isActed(situation(125, "1Gi"), step(planned))).isTrue();
  }

  @Test
  void aPodThatSomebodyElseResizedDoesNotTakeTheLimitFromTheOthers() {
    other = Optional.of(other("256Mi", ""));
    var planned = (Plan.Do) plan(125, "1Gi");
    other = Optional.of(other("512Mi", "kubectl"));
    assertThat(act(planned)).isEqualTo(new Acted.Yes());
    inForce("320Mi");
    assertThat(look(planned))
        .isInstanceOfSatisfying(
            Seen.Done.class,
            done ->
                assertThat(done.message())
                    .endsWith("1 of 2 pods have it; pod checkout-0 has 512Mi"));
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
    answer = 404;
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
    assertThat(undo(planned)).isEqualTo(new Seen.Done("the limit of pod checkout-1 is 256Mi"));
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
    return new ResizeMemory(client, (workload, container) -> assessments());
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

  private static Step step(Plan.Do planned) {
    return new Step(
        "ResizeMemory",
        3,
        Step.State.INTENDED,
        planned.object(),
        planned.message(),
        planned.patch(),
        planned.facts(),
        Fixtures.NOON.toString(),
        null,
        null);
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
    pod = resized(pod, limit);
  }

  private static Pod resized(Pod pod, String limit) {
    return new PodBuilder(pod)
        .editStatus()
        .editFirstContainerStatus()
        .withNewResources()
        .addToLimits("memory", new Quantity(limit))
        .endResources()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static Pod other(String limit, String manager) {
    return new PodBuilder(pod(limit, "Burstable", manager))
        .editMetadata()
        .withName("checkout-0")
        .endMetadata()
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

  /** The API server: a pod to read, and its resize. */
  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int code = 200;
      if (exchange.getRequestMethod().equals("PUT")) {
        writes.add("PUT " + exchange.getRequestURI() + "\n" + body);
        code = answer;
        if (conflicts > 0) {
          conflicts--;
          code = 409;
        }
        if (code == 200 && !exchange.getRequestURI().toString().contains("dryRun")) {
          resize(exchange, Serialization.unmarshal(body, Pod.class));
        }
      }
      var text =
          code == 200
              ? Serialization.asJson(read(exchange))
              : "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"code\":%d}".formatted(code);
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private void resize(HttpExchange exchange, Pod wanted) {
    var limit =
        wanted.getSpec().getContainers().getFirst().getResources().getLimits().get("memory");
    var status = read(exchange).getStatus();
    if (isOther(exchange)) {
      other = Optional.of(other(String.valueOf(limit), "heapwarden-leak"));
    } else {
      pod = pod(String.valueOf(limit), "Burstable", "heapwarden-leak");
    }
    read(exchange).setStatus(status);
  }

  private Pod read(HttpExchange exchange) {
    return isOther(exchange) ? other.orElseThrow() : pod;
  }

  private static boolean isOther(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().contains("/checkout-0");
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
