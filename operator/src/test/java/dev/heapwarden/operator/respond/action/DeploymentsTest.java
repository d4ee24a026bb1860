package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.operator.respond.Fixtures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Deployment|WorkloadGone: Deployment x no longer exists",
        "ReplicaSet|OnlyDeployments: ReplicaSet x would not roll a change out to its pods",
        "StatefulSet|OnlyDeployments: StatefulSet x has pods with state: people roll it out",
        "DaemonSet|OnlyDeployments: DaemonSet x serves its node: people roll it out",
        "Job|OnlyDeployments: Job x runs to its end and is not rolled out",
        "CronJob|OnlyDeployments: CronJob x runs to its end and is not rolled out",
        "Pod|OnlyDeployments: Pod x has no owner that could roll a change out",
        "Rollout|OnlyDeployments: Rollout x is of a kind that is not known",
      })
  void aWorkloadThatCannotBeChangedSaysWhy(String kind, String reason) {
    var incident = Fixtures.incident("leak", "uid");
    incident.setSpec(
        new LeakIncidentSpec(
            new Target(kind, "x", "uid", "app", "policy", 1), LeakIncidentSpec.Response.none()));

    assertThat(Deployments.whyNone(incident)).isEqualTo(reason);
  }
}
