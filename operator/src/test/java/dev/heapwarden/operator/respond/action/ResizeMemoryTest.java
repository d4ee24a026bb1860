package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResizeMemoryTest extends ResizingAPod {
  ResizeMemoryTest() throws IOException {}

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
}
