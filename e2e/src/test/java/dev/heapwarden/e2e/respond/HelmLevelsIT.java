package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An installation that may only diagnose. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class HelmLevelsIT {
  private final HelmRelease release;

  HelmLevelsIT(Cluster cluster, @TempDir Path chart) throws IOException {
    release = HelmRelease.of(cluster, "helm-levels-it", chart);
  }

  @BeforeEach
  void aPolicyAsksForAllLevels() {
    var namespace =
        new NamespaceBuilder().withNewMetadata().withName(release.watched()).endMetadata().build();
    release.client().resource(namespace).serverSideApply();
    var policy = Leak.enforced(3);
    policy.getMetadata().setNamespace(release.watched());
    release.client().resource(policy).create();
  }

  @AfterEach
  void close() {
    release.close();
  }

  @Test
  void aPolicyThatAsksForMoreThanWasInstalledIsToldAndItIsTakenAwayCleanly() {
    release.install("--set", "levels={1}");

    Shop.within(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(conditions()).contains("LevelsInstalled=False"));
    release.uninstall();
  }

  private List<String> conditions() {
    return release
        .client()
        .resources(MemoryPolicy.class)
        .inNamespace(release.watched())
        .list()
        .getItems()
        .stream()
        .flatMap(policy -> Stream.ofNullable(policy.getStatus()))
        .flatMap(status -> status.conditions().stream())
        .map(condition -> condition.getType() + "=" + condition.getStatus())
        .toList();
  }
}
