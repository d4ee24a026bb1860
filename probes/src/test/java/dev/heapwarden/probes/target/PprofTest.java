package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class PprofTest {
  private static final String ALONE = "containers: [{name: web}]";
  private static final String UNDECLARED = "containers: [{name: web}, {name: proxy}]";
  private static final String DECLARED =
      "containers: [{name: web, ports: [{containerPort: 6060}]}, {name: proxy}]";

  @Test
  void theOnlyContainerIsAskedOnThePodsOwnAddress() {
    assertThat(pprof(ALONE, "web", "[]")).isEqualTo(new Pprof.At("10.0.0.1", 6060));
  }

  @Test
  void aPodOnTheNodesNetworkIsNotAskedForThatPortMayBeAnotherPrograms() {
    assertThat(pprof(ALONE + ", hostNetwork: true", "web", "[]"))
        .isEqualTo(
            new Pprof.Refused("the pod has hostNetwork: port 6060 is the node's, not its own"));
  }

  @Test
  void ofSeveralContainersTheOneThatDeclaresThePortIsAsked() {
    assertThat(pprof(DECLARED, "web", "[]")).isEqualTo(new Pprof.At("10.0.0.1", 6060));
    assertThat(pprof(DECLARED, "proxy", "[]"))
        .isEqualTo(new Pprof.Refused("port 6060 is that of container web"));
    assertThat(pprof(DECLARED, "proxy", "[proxy]"))
        .isEqualTo(new Pprof.Refused("port 6060 is that of container web"));
  }

  @Test
  void whereNoneDeclaresItThePolicyMustNameJustOne() {
    assertThat(pprof(UNDECLARED, "proxy", "[proxy]")).isEqualTo(new Pprof.At("10.0.0.1", 6060));
    assertThat(pprof(UNDECLARED, "proxy", "[]"))
        .isEqualTo(
            new Pprof.Refused(
                "none of the pod's containers declares port 6060, and the policy does not name"
                    + " just one"));
  }

  @Test
  void aNativeSidecarCountsAsAContainer() {
    assertThat(
            pprof(
                ALONE + ", initContainers: [{name: mesh, restartPolicy: Always}, {name: init}]",
                "web",
                "[]"))
        .isInstanceOf(Pprof.Refused.class);
    assertThat(pprof(ALONE + ", initContainers: [{name: init}]", "web", "[]"))
        .isInstanceOf(Pprof.At.class);
  }

  @Test
  void aPolicyThatNamesNoPortAsksNobody() {
    var policy =
        Serialization.unmarshal("spec: {selector: {matchLabels: {a: b}}}", MemoryPolicy.class);

    assertThat(Pprof.of(pod(ALONE), "web", policy)).isEqualTo(new Pprof.NotNamed());
  }

  private static Pprof pprof(String spec, String container, String names) {
    var policy =
        Serialization.unmarshal(
            """
            spec:
              selector: {matchLabels: {app: web}}
              containers: %s
              observe: {pprof: {port: 6060}}
            """
                .formatted(names),
            MemoryPolicy.class);
    return Pprof.of(pod(spec), container, policy);
  }

  private static Pod pod(String spec) {
    return Serialization.unmarshal(
        """
        spec: {%s}
        status: {podIP: 10.0.0.1}
        """
            .formatted(spec),
        Pod.class);
  }
}
