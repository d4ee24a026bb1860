package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodRelabellingTest {
  private static final Map<String, String> ORIGINALS = Map.of("app", "checkout", "exposed", "true");

  @Test
  void labelsThatAreStillAsTheQuarantineSetThemAreChangedBack() {
    assertThat(
            PodRelabelling.stillOurs(
                Map.of(
                    "app", "checkout.heapwarden-quarantine",
                    "exposed", "true.heapwarden-quarantine"),
                ORIGINALS))
        .isEqualTo(ORIGINALS);
  }

  @Test
  void aLabelThatSomebodyChangedOrRemovedSinceIsTheirs() {
    assertThat(
            PodRelabelling.stillOurs(
                Map.of("app", "checkout.heapwarden-quarantine", "exposed", "no"), ORIGINALS))
        .containsOnlyKeys("app");
    assertThat(PodRelabelling.stillOurs(Map.of("app", "debug"), ORIGINALS)).isEmpty();
  }

  @Test
  void thePatchTouchesOnlyWhatIsOursAndTestsItFirst() {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withUid("uid-1")
            .addToLabels("app", "checkout.heapwarden-quarantine")
            .addToLabels("exposed", "no")
            .addToLabels(Api.QUARANTINE_LABEL, "leak-1")
            .addToAnnotations("team", "till")
            .endMetadata()
            .build();
    var quarantine = "/metadata/labels/" + Api.QUARANTINE_LABEL.replace("/", "~1");
    assertThat(PodRelabelling.restore(pod, ORIGINALS))
        .containsExactly(
            Map.of("op", "test", "path", "/metadata/uid", "value", "uid-1"),
            Map.of(
                "op", "test",
                "path", "/metadata/labels/app",
                "value", "checkout.heapwarden-quarantine"),
            Map.of("op", "replace", "path", "/metadata/labels/app", "value", "checkout"),
            Map.of("op", "remove", "path", quarantine));
  }
}
