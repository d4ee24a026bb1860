package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("E20")
class RuntimeAdvisoriesTest {
  private static final RuntimeAdvisories SHIPPED = RuntimeAdvisories.shipped();

  @Test
  void whatIsKnownOfTheRuntimeIsToldBesideALeak() {
    var leak = new Verdict.Confirmed(grown().evidence());

    var told = SHIPPED.beside(leak, "go1.24.2");

    assertThat(told).isInstanceOf(Verdict.Confirmed.class);
    assertThat(told.evidence().sentence())
        .startsWith(leak.evidence().sentence() + " Beside that, in go1.24.2 large objects")
        .endsWith("; go1.24.6 does not (https://github.com/golang/go/issues/72991).");
    assertThat(told.evidence().witnesses()).isEqualTo(leak.evidence().witnesses());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"go1.21.0", "go1.21.3", "go1.24.0", "go1.24.5", "go1.24.5 X:boringcrypto"})
  void affectedReleasesAreKnown(String version) {
    assertThat(SHIPPED.beside(grown(), version)).isNotEqualTo(grown());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "go1.20.14",
        "go1.21.4",
        "go1.23.12",
        "go1.24rc1",
        "go1.24.6",
        "go1.26.8",
        "x"
      })
  void otherReleasesAreNot(String version) {
    assertThat(SHIPPED.beside(grown(), version)).isEqualTo(grown());
  }

  /** By its version alone nobody is accused. */
  @Test
  void nothingIsSaidWhereNoWitnessSaysThatMemoryGrows() {
    var byARuleAlone = new Verdict.Suspected(evidence());
    var healthy = new Verdict.Healthy(grown().evidence());

    assertThat(SHIPPED.beside(byARuleAlone, "go1.24.2")).isEqualTo(byARuleAlone);
    assertThat(SHIPPED.beside(healthy, "go1.24.2")).isEqualTo(healthy);
  }

  @Test
  void eachNamesItsSourceAndTheReleaseThatMendsIt() {
    assertThat(SHIPPED.all())
        .isNotEmpty()
        .allSatisfy(
            advisory -> {
              assertThat(advisory.source()).hasScheme("https");
              assertThat(advisory.affected()).isLessThan(advisory.mended());
            });
  }

  private static Verdict grown() {
    return new Verdict.Suspected(
        evidence(
            new Witness(
                Witness.Kind.ANONYMOUS_MEMORY, Witness.Stance.SUPPORTS, "anonymous memory grows")));
  }

  private static Evidence evidence(Witness... witnesses) {
    return new Evidence(
        Layer.KERNEL, Cause.UNKNOWN, "It grows.", null, null, "", List.of(witnesses), Map.of());
  }
}
