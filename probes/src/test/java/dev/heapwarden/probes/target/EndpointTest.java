package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointTest {
  private static final String ALONE = "containers: [{name: web}]";
  private static final String UNDECLARED = "containers: [{name: web}, {name: proxy}]";
  private static final String DECLARED =
      "containers: [{name: web, ports: [{containerPort: 6060}]}, {name: proxy}]";

  @Test
  void theOnlyContainerIsAskedOnThePodsOwnAddress() {
    assertThat(endpoint(ALONE, "web", "[]"))
        .isEqualTo(new Endpoint.At("10.0.0.1", 6060, "/metrics"));
  }

  @Test
  void aPodOnTheNodesNetworkIsNotAskedForThatPortMayBeAnotherPrograms() {
    assertThat(endpoint(ALONE + ", hostNetwork: true", "web", "[]"))
        .isEqualTo(
            new Endpoint.Refused("the pod has hostNetwork: port 6060 is the node's, not its own"));
  }

  @Test
  void ofSeveralContainersTheOneThatDeclaresThePortIsAsked() {
    assertThat(endpoint(DECLARED, "web", "[]"))
        .isEqualTo(new Endpoint.At("10.0.0.1", 6060, "/metrics"));
    assertThat(endpoint(DECLARED, "proxy", "[]")).isEqualTo(new Endpoint.OfAnother(6060, "web"));
    assertThat(endpoint(DECLARED, "proxy", "[proxy]"))
        .isEqualTo(new Endpoint.OfAnother(6060, "web"));
  }

  @Test
  void whereNoneDeclaresItThePolicyMustNameJustOne() {
    assertThat(endpoint(UNDECLARED, "proxy", "[proxy]"))
        .isEqualTo(new Endpoint.At("10.0.0.1", 6060, "/metrics"));
    assertThat(endpoint(UNDECLARED, "proxy", "[]"))
        .isEqualTo(
            new Endpoint.Refused(
                "none of the pod's containers declares port 6060, and the policy does not name"
                    + " just one"));
  }

  @Test
  void aNativeSidecarCountsAsAContainer() {
    assertThat(
            endpoint(
                ALONE + ", initContainers: [{name: mesh, restartPolicy: Always}, {name: init}]",
                "web",
                "[]"))
        .isInstanceOf(Endpoint.Refused.class);
    assertThat(endpoint(ALONE + ", initContainers: [{name: init}]", "web", "[]"))
        .isInstanceOf(Endpoint.At.class);
  }

  @Test
  void aPathCannotChooseAnotherHost() {
    for (var path : List.of("@elsewhere/", "/a?b", "//\\elsewhere", "", "/a b", "/%0d%0a")) {
      assertThat(Endpoint.of(pod(ALONE), "web", List.of(), 6060, path))
          .as(path)
          .isInstanceOf(Endpoint.Refused.class);
    }
    assertThat(new Endpoint.At("10.0.0.1", 6060, "//elsewhere/@a").uri().getHost())
        .isEqualTo("10.0.0.1");
    assertThatThrownBy(() -> new Endpoint.At("10.0.0.1", 6060, "@elsewhere/").uri())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anAddressOfVersion6IsOneToo() {
    var pod = pod(ALONE);
    pod.getStatus().setPodIP("fd00::1");

    assertThat(Endpoint.of(pod, "web", List.of(), 6060, "/metrics"))
        .isEqualTo(new Endpoint.At("[fd00::1]", 6060, "/metrics"));
  }

  @Test
  void aPolicyThatNamesNothingAsksNobody() {
    assertThat(Offers.of(pod(ALONE), "web", policy("{}"))).isEqualTo(Offers.none());
  }

  @Test
  void whatIsNamedIsAskedWhereItIsUsualUnlessThePolicySaysOtherwise() {
    assertThat(
            Offers.of(
                pod(ALONE),
                "web",
                policy("{pprof: {port: 1}, metrics: {port: 2}, expvar: {port: 3}}")))
        .isEqualTo(
            new Offers(
                new Endpoint.At("10.0.0.1", 1, "/debug/pprof/"),
                new Endpoint.At("10.0.0.1", 2, "/metrics"),
                new Endpoint.At("10.0.0.1", 3, "/debug/vars")));
    assertThat(
            Offers.of(pod(ALONE), "web", policy("{metrics: {port: 2, path: /actuator/prometheus}}"))
                .metrics())
        .isEqualTo(new Endpoint.At("10.0.0.1", 2, "/actuator/prometheus"));
  }

  private static MemoryPolicy policy(String observe) {
    return Serialization.unmarshal(
        "spec: {selector: {matchLabels: {a: b}}, observe: %s}".formatted(observe),
        MemoryPolicy.class);
  }

  private static Endpoint endpoint(String spec, String container, String names) {
    var policy =
        Serialization.unmarshal(
            "spec: {selector: {matchLabels: {a: b}}, containers: %s}".formatted(names),
            MemoryPolicy.class);
    return Endpoint.of(pod(spec), container, policy.getSpec().containers(), 6060, "/metrics");
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
