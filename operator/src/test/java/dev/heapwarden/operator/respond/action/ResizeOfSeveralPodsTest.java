package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResizeOfSeveralPodsTest extends ResizingAPod {
  ResizeOfSeveralPodsTest() throws IOException {}

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
}
