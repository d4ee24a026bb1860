package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Of Go programs; JVMs: {@link AskedInForceTest}. */
class RuntimeAnswerTest {
  private static final Map<String, String> SET = Map.of("GOGC", "20", "GOMEMLIMIT", "241591910");
  private static final String GOES_BY_IT = "go: {gcPercent: 20, memoryLimit: 241591910}";

  @Test
  void variablesThatTheRuntimeGoesByAreInForce() {
    assertThat(seen(SET, "variables: [GOGC, GOMEMLIMIT], " + GOES_BY_IT))
        .isEqualTo(new Seen.Done("in force: GOGC GOMEMLIMIT (seen in pod checkout-2)"));
  }

  @Test
  void ofAProgramThatCannotBeReadOnlyItsStartIsKnown() {
    assertThat(seen(SET, "variables: [GOGC, GOMEMLIMIT]"))
        .isEqualTo(new Seen.Done("started with: GOGC GOMEMLIMIT (seen in pod checkout-2)"));
  }

  @Test
  void ofGoDebugOnlyTheStartIsKnown() {
    var all = new TreeMap<>(SET);
    all.put("GODEBUG", "gctrace=1");

    assertThat(seen(all, "variables: [GODEBUG, GOGC, GOMEMLIMIT], " + GOES_BY_IT))
        .isEqualTo(
            new Seen.Done(
                "in force: GOGC GOMEMLIMIT; started with: GODEBUG (seen in pod checkout-2)"));
  }

  /** A start script may set another, and the program itself too. */
  @Test
  void aProgramThatGoesBySomethingElseIsAFailureWithItsReason() {
    assertThat(seen(SET, "variables: [GOGC, GOMEMLIMIT], go: {gcPercent: 100}"))
        .isEqualTo(
            new Seen.Failed(
                "not in force: GOGC=20; the program goes by 100, GOMEMLIMIT=241591910; the program"
                    + " goes by off (seen in pod checkout-2)"));
  }

  @Test
  void aProcessWithoutAVariableIsAFailureWithItsReason() {
    assertThat(seen(SET, "variables: [GOGC]"))
        .isEqualTo(
            new Seen.Failed(
                "not in force: GOMEMLIMIT; the process was started without it"
                    + " (seen in pod checkout-2)"));
  }

  private static Seen seen(Map<String, String> set, String status) {
    return new RuntimeAnswer(new TreeMap<>(set))
        .of(
            "checkout-2",
            Serialization.unmarshal(
                "---\n{phase: Completed, %s}".formatted(status), MemorySnapshotStatus.class))
        .orElseThrow();
  }
}
