package dev.heapwarden.e2e.cluster;

import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/**
 * Tells Testcontainers which Docker engine {@code e2e/setup} has prepared. Testcontainers finds
 * this class by {@link java.util.ServiceLoader}; a DOCKER_HOST in the environment comes before it.
 */
public final class PreparedEngine extends DockerClientProviderStrategy {
  @Override
  public String getDescription() {
    return "the engine of e2e/setup";
  }

  @Override
  protected boolean isApplicable() {
    return Setup.read().isPresent();
  }

  @Override
  public TransportConfig getTransportConfig() {
    var setup = Setup.read().orElseThrow(() -> new IllegalStateException("run e2e/setup first"));
    return TransportConfig.builder().dockerHost(setup.engine()).build();
  }

  /**
   * An engine that we started publishes ports on this machine. Testcontainers would ask its bridge
   * for a gateway where /.dockerenv exists, and a bridge that is new has none yet.
   */
  @Override
  public synchronized String getDockerHostIpAddress() {
    return Setup.read().flatMap(Setup::address).orElseGet(super::getDockerHostIpAddress);
  }

  /** Before all of Testcontainers' own guesses. */
  @Override
  protected int getPriority() {
    return Integer.MAX_VALUE;
  }

  /** Never written to the user's {@code ~/.testcontainers.properties}. */
  @Override
  protected boolean isPersistable() {
    return false;
  }
}
