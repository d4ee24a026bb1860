package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContainerLineTest {
  private static final Attachment FAULTS = new Attachment("PageFaults", State.ATTACHED, null);
  private static final Attachment GC = new Attachment("GoGc", State.ATTACHED, null);
  private static final Attachment NO_MAPS =
      new Attachment("GoMapGrowth", State.REFUSED, "no pclntab");
  private static final Verdict HEALTHY = new Verdict.Healthy(Cluster.evidence("Nothing grows."));

  @Test
  void whatLacksAProbeOfItsRuntimeIsNotFullyAttached() {
    assertThat(ContainerLine.fullyAttached(Cluster.watched("a", HEALTHY, FAULTS, GC))).isTrue();
    assertThat(ContainerLine.fullyAttached(Cluster.watched("a", HEALTHY, FAULTS, GC, NO_MAPS)))
        .isFalse();
  }

  /** What runs in it has no collections and no maps of Go that a probe could tell of. */
  @Test
  void aNativeContainerLacksNoProbeOfGo() {
    var lacking = Cluster.watched("b", HEALTHY, GC, NO_MAPS);
    var complete = Cluster.watched("a", RuntimeKind.NATIVE, HEALTHY, FAULTS, NO_MAPS);

    assertThat(ContainerLine.fullyAttached(complete)).isTrue();
    assertThat(Stream.of(complete, lacking).sorted(ContainerLine.MOST_TELLING_FIRST))
        .containsExactly(lacking, complete);
  }

  /** Its policy says that it is Go. */
  @Test
  void aContainerThatIsNotWhatItIsJudgedAsLacksTheProbesOfThat() {
    assertThat(
            ContainerLine.fullyAttached(
                Cluster.watched("a", RuntimeKind.NATIVE, RuntimeKind.GO, HEALTHY, FAULTS, NO_MAPS)))
        .isFalse();
  }
}
