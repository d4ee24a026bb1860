package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResizeMemoryUndoTest extends ResizingAPod {
  ResizeMemoryUndoTest() throws IOException {}

  @Test
  void whereNothingSaysWhatIsUsedTheLimitIsNotLowered() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    inForce("320Mi");
    writes.clear();
    assessment = Fixtures.assessment();
    assertThat(undo(planned, Duration.ZERO)).isInstanceOf(Seen.NotYet.class);
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

  /** It was away, and has to ask the agents first. */
  @Test
  void anOperatorThatComesLateHasItsTimeToLearnWhatIsUsed() {
    var planned = (Plan.Do) plan(125, "1Gi");
    act(planned);
    inForce("320Mi");
    assessment = Fixtures.assessment();
    assertThat(undo(planned, Duration.ofHours(1))).isInstanceOf(Seen.NotYet.class);
    assertThat(undo(planned, Duration.ofMinutes(63))).isInstanceOf(Seen.NotYet.class);
    assessment = Fixtures.leaking(200 * 1_048_576.0);
    undo(planned, Duration.ofMinutes(63));
    assertThat(writes.getLast()).contains("\"memory\":\"256Mi\"");
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

  private Seen undo(Plan.Do planned, Duration after) {
    var undoing = Steps.undoing(step(planned), UndoReason.ASKED);
    return action().undo(incident(), undoing, Fixtures.NOON.plus(after));
  }
}
