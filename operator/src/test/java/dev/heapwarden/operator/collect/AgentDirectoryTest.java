package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AgentDirectoryTest {
  @Test
  void anAgentIsDialledAtItsPodsOwnAddress() {
    assertThat(AgentDirectory.of(pod("10.42.0.7").build()))
        .get()
        .extracting(Agent::address, Agent::node)
        .containsExactly(URI.create("https://10.42.0.7:9462"), "node-1");
    assertThat(AgentDirectory.of(pod("fd00::7").build()))
        .get()
        .extracting(Agent::address)
        .isEqualTo(URI.create("https://[fd00::7]:9462"));
  }

  @Test
  void anAgentThatHasNoAddressYetOrIsOnItsWayOutIsNotAsked() {
    assertThat(AgentDirectory.of(pod(null).build())).isEmpty();
    assertThat(
            AgentDirectory.of(
                pod("10.42.0.7")
                    .editMetadata()
                    .withDeletionTimestamp("2026-03-01T10:00:00Z")
                    .endMetadata()
                    .build()))
        .isEmpty();
  }

  private static PodBuilder pod(@Nullable String ip) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("agent")
        .withUid("uid")
        .endMetadata()
        .withNewSpec()
        .withNodeName("node-1")
        .endSpec()
        .withNewStatus()
        .withPodIP(ip)
        .endStatus();
  }
}
