package dev.heapwarden.crds;

/**
 * What the operator, the agents and people agree on so that an agent is read over TLS and only by
 * whom RBAC allows.
 */
public final class AgentAccess {
  /** Port of the agent for {@code /v1}, over TLS. */
  public static final int PORT = 9462;

  /** The Secret, in the product's namespace, that the agents serve TLS from. */
  public static final String TLS_SECRET = "heapwarden-agent-tls";

  /** The Secret, in the product's namespace, of the authority; only the operator reads it. */
  public static final String AUTHORITY_SECRET = "heapwarden-ca";

  /** The ConfigMap, in the product's namespace, by which people check agents. */
  public static final String AUTHORITIES_MAP = "heapwarden-agent-ca";

  /** In a Secret: certificates in PEM, the owner's first. */
  public static final String CERTIFICATE = "tls.crt";

  /** In a Secret: the private key of the first certificate, PKCS #8 in PEM. */
  public static final String KEY = "tls.key";

  /** In a Secret or ConfigMap: the authorities to trust, in PEM, the current one first. */
  public static final String AUTHORITIES = "ca.crt";

  /** The DNS name in every agent's certificate, because agents are dialled by address. */
  public static final String SERVER_NAME = "heapwarden-agent";

  /**
   * Whom a caller's token must be meant for: it is of no use at the API server, nor the reverse.
   */
  public static final String AUDIENCE = "heapwarden-agent";

  /** Whoever may {@code get} agents/samples of {@link Api#GROUP} may read all samples. */
  public static final String AGENTS = "agents";

  public static final String SAMPLES = "samples";

  /** Whoever may {@code get} memorysnapshots/artifacts of a snapshot may read its artefacts. */
  public static final String SNAPSHOTS = "memorysnapshots";

  public static final String ARTIFACTS = "artifacts";

  private AgentAccess() {}
}
