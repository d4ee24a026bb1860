package dev.heapwarden.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/rbac.md says all that the chart grants, and no more. */
class RbacPageTest {
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of("ClusterRole", ClusterRole.class, "Role", Role.class);

  private final RbacPage page = RbacPage.read();
  private final List<HasMetadata> chart = Chart.committed();

  @ParameterizedTest
  @CsvSource({
    "Operator where it watches,          ClusterRole, heapwarden-operator",
    "Operator in its own namespace,      Role,        heapwarden-operator",
    "Agent where it watches,             ClusterRole, heapwarden-agent",
    "Agent in the cluster,               ClusterRole, heapwarden-agent-callers",
    "Agent in its own namespace,         Role,        heapwarden-agent",
    "Whoever is authenticated,           Role,        heapwarden-agent-ca",
    "Uninstalling where it watches,      ClusterRole, heapwarden-uninstall",
    "Uninstalling in its own namespace,  Role,        heapwarden-uninstall",
    "Tenants who view,                   ClusterRole, heapwarden-view",
    "Tenants who edit,                   ClusterRole, heapwarden-edit",
    "Tenants who administer,             ClusterRole, heapwarden-artifacts",
  })
  void everyPermissionHasItsReason(String section, String kind, String role) {
    assertThat(page.permissions(section, Set.of("1", "2", "3")))
        .isNotEmpty()
        .isEqualTo(Chart.granted(chart, Objects.requireNonNull(KINDS.get(kind)), role));
  }

  @Test
  void noRoleIsMissingFromThePage() {
    assertThat(chart)
        .filteredOn(resource -> KINDS.containsKey(resource.getKind()))
        .extracting(role -> role.getKind() + " " + role.getMetadata().getName())
        .containsExactlyInAnyOrder(
            "ClusterRole heapwarden-operator",
            "Role heapwarden-operator",
            "ClusterRole heapwarden-agent",
            "ClusterRole heapwarden-agent-callers",
            "Role heapwarden-agent",
            "Role heapwarden-agent-ca",
            "ClusterRole heapwarden-uninstall",
            "Role heapwarden-uninstall",
            "ClusterRole heapwarden-view",
            "ClusterRole heapwarden-edit",
            "ClusterRole heapwarden-artifacts");
  }

  @Test
  void everyCapabilityAndMountOfTheAgentHasItsReason() {
    var pod =
        chart.stream()
            .filter(DaemonSet.class::isInstance)
            .map(DaemonSet.class::cast)
            .findFirst()
            .orElseThrow()
            .getSpec()
            .getTemplate()
            .getSpec();
    var container = pod.getContainers().getFirst();
    var readOnly =
        container.getVolumeMounts().stream()
            .filter(mount -> Boolean.TRUE.equals(mount.getReadOnly()))
            .map(mount -> mount.getName())
            .collect(Collectors.toSet());
    var expected =
        Stream.of(
                Stream.of("uid " + container.getSecurityContext().getRunAsUser()),
                Boolean.TRUE.equals(pod.getHostPID()) ? Stream.of("hostPID") : Stream.<String>of(),
                Boolean.TRUE.equals(pod.getHostNetwork())
                    ? Stream.of("hostNetwork")
                    : Stream.<String>of(),
                container.getSecurityContext().getCapabilities().getAdd().stream(),
                pod.getVolumes().stream()
                    .filter(volume -> volume.getHostPath() != null)
                    .map(volume -> mounted(volume, readOnly)))
            .flatMap(part -> part)
            .toList();

    assertThat(page.firstCells("Agent on the node")).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void whatIsNotTheAgentRunsAsAnOrdinaryUser() {
    assertThat(chart)
        .filteredOn(resource -> !(resource instanceof DaemonSet))
        .flatMap(resource -> pod(resource).stream().toList())
        .hasSize(2)
        .allSatisfy(
            pod -> {
              assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
              assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            });
  }

  @Test
  void noContainerWritesItsRootFileSystemOrGainsPrivileges() {
    assertThat(chart)
        .flatMap(resource -> pod(resource).map(PodSpec::getContainers).orElse(List.of()))
        .hasSize(3)
        .extracting(Container::getSecurityContext)
        .allSatisfy(
            context -> {
              assertThat(context.getReadOnlyRootFilesystem()).isTrue();
              assertThat(context.getAllowPrivilegeEscalation()).isFalse();
              assertThat(context.getPrivileged()).isNotEqualTo(true);
              assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
            });
  }

  private static Optional<PodSpec> pod(HasMetadata resource) {
    return switch (resource) {
      case Deployment operator -> Optional.of(operator.getSpec().getTemplate().getSpec());
      case DaemonSet agents -> Optional.of(agents.getSpec().getTemplate().getSpec());
      case Job job -> Optional.of(job.getSpec().getTemplate().getSpec());
      default -> Optional.empty();
    };
  }

  private static String mounted(Volume volume, Set<String> readOnly) {
    return volume.getHostPath().getPath()
        + (readOnly.contains(volume.getName()) ? ", read-only" : "");
  }
}
