package dev.heapwarden.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Helm makes of the chart; without a cluster. */
@Order(0)
class ChartIT {
  private static final Set<String> OF_NO_NAMESPACE = Set.of("nodes");

  @ParameterizedTest
  @ValueSource(strings = {"helm", "helm3"})
  void bothHelmsFindNothingToComplainAbout(String helm) {
    assertThat(Chart.helm(helm).run("lint", "--strict", Chart.DIRECTORY.toString()))
        .contains("0 chart(s) failed")
        .doesNotContain("[WARNING]");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "levels={2,3}",
        "levels={1,1}",
        "levels={1,4}",
        "levels=null",
        "maxLevel=3",
        "watchNamespaces={Shop}",
        "operator.replicas=-1",
        "operator.image.tag=",
        "agent.snapshotDirectory=/",
        "agent.snapshotQuota=much",
        "uninstall.timeout=5h",
        "monitoring.serviceMonitor.intervall=30s",
        "monitoring.serviceMonitor.enabled=true",
      })
  void whatIsMisspeltOrOutOfRangeIsRefused(String value) {
    var name = value.substring(0, value.indexOf('='));
    assertThatThrownBy(() -> Chart.template("--set", value))
        .hasMessageContaining(name.substring(name.lastIndexOf('.') + 1));
  }

  @ParameterizedTest
  @CsvSource({"'1'", "'1,2'", "'1,3'", "'1,2,3'"})
  void aLevelThatIsNotInstalledGetsNoPermissions(String levels) {
    var resources = Chart.template("--set", "levels={" + levels + "}");
    assertThat(Chart.granted(resources, ClusterRole.class, "heapwarden-operator"))
        .isEqualTo(
            RbacPage.read()
                .permissions("Operator where it watches", Set.of(levels.split(",", -1))));
  }

  @Test
  void anInstallationForSomeNamespacesHasRolesThereAndElseOnlyTenantsRolesAndReviews() {
    var resources = Chart.template("--set", "watchNamespaces={shop,billing}");
    assertThat(resources)
        .filteredOn(ClusterRole.class::isInstance)
        .extracting(role -> role.getMetadata().getName())
        .containsExactlyInAnyOrder(
            "heapwarden-agent-callers-elsewhere",
            "heapwarden-view-elsewhere",
            "heapwarden-edit-elsewhere",
            "heapwarden-artifacts-elsewhere");
    assertThat(resources)
        .filteredOn(resource -> resource.getKind().equals("ClusterRoleBinding"))
        .extracting(binding -> binding.getMetadata().getName())
        .containsExactly("heapwarden-agent-callers-elsewhere");
    for (var part : List.of("operator", "agent", "uninstall")) {
      assertThat(resources)
          .filteredOn(Role.class::isInstance)
          .filteredOn(role -> role.getMetadata().getName().equals("heapwarden-" + part + "-watch"))
          .extracting(role -> role.getMetadata().getNamespace())
          .containsExactly("shop", "billing");
      assertThat(Chart.granted(resources, Role.class, "heapwarden-" + part + "-watch"))
          .isEqualTo(
              Chart.granted(Chart.template(), ClusterRole.class, "heapwarden-" + part).stream()
                  .filter(permission -> !OF_NO_NAMESPACE.contains(permission.resource()))
                  .collect(Collectors.toSet()));
    }
    assertThat(Chart.template("--set", "watchNamespaces={shop}", "--set", "tenantRoles=false"))
        .filteredOn(resource -> resource.getKind().startsWith("ClusterRole"))
        .extracting(resource -> resource.getMetadata().getName())
        .containsOnly("heapwarden-agent-callers-elsewhere");
  }

  @Test
  void aScrapeKeepsTheLabelsOfWhatIsWatched() {
    var monitor =
        Chart.template(
                "--set",
                "monitoring.serviceMonitor.enabled=true",
                "--set",
                "networkPolicy.monitoring[0].podSelector.matchLabels.app=prometheus")
            .stream()
            .filter(resource -> resource.getKind().equals("ServiceMonitor"))
            .findFirst()
            .orElseThrow();
    assertThat(Serialization.asYaml(monitor)).contains("honorLabels: true");
  }

  @Test
  void whoMayDialAgentsForArtefactsIsLetIntoTheirPort() {
    var reader = new NetworkPolicyPeerBuilder().withNewPodSelector();
    var peer = reader.addToMatchLabels("app", "evidence").endPodSelector().build();
    assertThat(Chart.template()).noneMatch(resource -> letsIn(resource, peer));
    assertThat(
            Chart.template(
                "--set", "networkPolicy.artifacts[0].podSelector.matchLabels.app=evidence"))
        .filteredOn(resource -> letsIn(resource, peer))
        .singleElement()
        .satisfies(
            policy -> assertThat(policy.getMetadata().getName()).isEqualTo("heapwarden-agent"));
  }

  private static boolean letsIn(HasMetadata resource, NetworkPolicyPeer peer) {
    return resource instanceof NetworkPolicy policy
        && policy.getSpec().getIngress().stream()
            .filter(rule -> rule.getFrom().contains(peer))
            .flatMap(rule -> rule.getPorts().stream())
            .anyMatch(port -> "https".equals(port.getPort().getStrVal()));
  }

  @Test
  void aSingleOperatorKeepsNoNodeFromBeingDrained() {
    assertThat(Chart.template("--set", "operator.replicas=1"))
        .noneMatch(resource -> resource.getKind().equals("PodDisruptionBudget"));
  }
}
