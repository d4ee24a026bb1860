package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.GoSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GoEnvironmentTest {
  private static final Container CONTAINER =
      new ContainerBuilder()
          .withName("checkout")
          .withNewResources()
          .addToLimits("memory", new Quantity("256Mi"))
          .endResources()
          .build();

  @Test
  void theMemoryLimitOfGoIsAShareOfTheContainersLimitInBytes() {
    assertThat(
            GoEnvironment.of(
                new GoSettings(90, 20, null, Map.of("scavtrace", "1", "gctrace", "1")),
                GoEnvironment.memoryLimit(CONTAINER)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("GOMEMLIMIT", "241591910", "GOGC", "20", "GODEBUG", "gctrace=1,scavtrace=1"));
  }

  @Test
  void aContainerWithoutALimitGetsNoMemoryLimit() {
    var settings = new GoSettings(90, null, null, Map.of());
    assertThat(GoEnvironment.memoryLimit(new Container())).isEmpty();
    assertThat(GoEnvironment.of(settings, OptionalLong.empty())).isEmpty();
  }

  @Test
  void thePatchNamesTheOneDeploymentAndOnlyOurVariables() {
    var deployment =
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("checkout")
            .withNamespace("shop")
            .withUid("7d9f")
            .endMetadata()
            .build();
    var patch =
        TemplateApply.patch(
            deployment,
            new TemplateContainer(deployment, "containers", CONTAINER),
            GoEnvironment.of(
                new GoSettings(90, 20, null, Map.of()), GoEnvironment.memoryLimit(CONTAINER)));
    assertThat(patch.strip().lines().map(String::stripTrailing))
        .containsExactly(
            "---",
            "apiVersion: \"apps/v1\"",
            "kind: \"Deployment\"",
            "metadata:",
            "  name: \"checkout\"",
            "  namespace: \"shop\"",
            "  uid: \"7d9f\"",
            "spec:",
            "  template:",
            "    spec:",
            "      containers:",
            "      - name: \"checkout\"",
            "        env:",
            "        - name: \"GOGC\"",
            "          value: \"20\"",
            "        - name: \"GOMEMLIMIT\"",
            "          value: \"241591910\"");
  }
}
