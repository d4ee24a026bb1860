package dev.heapwarden.operator.tls;

import dev.heapwarden.crds.AgentAccess;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the authority and the agents' certificate in Secrets of the operator's namespace, and the
 * authorities' certificates in a ConfigMap for people. What is missing, broken or old is made anew;
 * whoever writes first wins, and the other reads what was written.
 */
public final class AgentCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(AgentCertificates.class);

  /** The Secret of the authority; no agent reads it. */
  static final String AUTHORITY_SECRET = AgentAccess.AUTHORITY_SECRET;

  /** The ConfigMap with the authorities' certificates. */
  static final String AUTHORITIES_MAP = AgentAccess.AUTHORITIES_MAP;

  private static final int TRIES = 5;
  private static final String TYPE = "kubernetes.io/tls";
  private static final Map<String, String> LABELS = Map.of("app.kubernetes.io/name", "heapwarden");

  private final KubernetesClient client;
  private final String namespace;
  private final InstantSource clock;

  public AgentCertificates(KubernetesClient client, String namespace, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  /**
   * Makes what is not there or is due.
   *
   * @return the authorities that an agent's certificate may come from, the current one first
   * @throws KubernetesClientException when the API server does not let us, or others write all the
   *     time
   */
  public List<X509Certificate> ensure() {
    for (int left = TRIES - 1; ; left--) {
      try {
        var authority = authority();
        serve(authority);
        publish(authority);
        return authority.trusted();
      } catch (KubernetesClientException failure) {
        if (failure.getCode() != HttpURLConnection.HTTP_CONFLICT || left == 0) {
          throw failure;
        }
      }
    }
  }

  private Authority authority() {
    var now = clock.instant();
    var stored = secret(AUTHORITY_SECRET);
    Authority next;
    try {
      if (stored == null) {
        next = Authority.create(now);
      } else {
        var known = Authority.read(decoded(stored), now);
        if (!known.current().isDue(now)) {
          return known;
        }
        next = known.successor(now);
      }
    } catch (GeneralSecurityException broken) {
      LOG.warn("authority is broken and made anew secret={}", AUTHORITY_SECRET);
      next = Authority.create(now);
    }
    write(AUTHORITY_SECRET, stored, next.data());
    return next;
  }

  private void serve(Authority authority) {
    var now = clock.instant();
    var stored = secret(AgentAccess.TLS_SECRET);
    if (stored == null || !authority.vouchesFor(decoded(stored), now)) {
      write(AgentAccess.TLS_SECRET, stored, authority.issue(now));
    }
  }

  private void publish(Authority authority) {
    var map = client.configMaps().inNamespace(namespace).withName(AUTHORITIES_MAP).get();
    var data = Map.of(AgentAccess.AUTHORITIES, authority.bundle());
    if (map == null) {
      var made =
          new ConfigMapBuilder()
              .withNewMetadata()
              .withName(AUTHORITIES_MAP)
              .withNamespace(namespace)
              .withLabels(LABELS)
              .endMetadata()
              .withData(data)
              .build();
      client.resource(made).create();
    } else if (!data.equals(map.getData())) {
      client.resource(new ConfigMapBuilder(map).withData(data).build()).update();
    }
  }

  private @Nullable Secret secret(String name) {
    return client.secrets().inNamespace(namespace).withName(name).get();
  }

  /** Fenced by the resourceVersion of what was read. */
  private void write(String name, @Nullable Secret stored, Map<String, String> data) {
    if (stored == null) {
      var made =
          new SecretBuilder()
              .withNewMetadata()
              .withName(name)
              .withNamespace(namespace)
              .withLabels(LABELS)
              .endMetadata()
              .withType(TYPE)
              .withData(encoded(data))
              .build();
      client.resource(made).create();
    } else {
      client.resource(new SecretBuilder(stored).withData(encoded(data)).build()).update();
    }
    LOG.info("certificate made secret={}", name);
  }

  private static Map<String, String> encoded(Map<String, String> data) {
    return data.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> encoded(entry.getValue())));
  }

  private static String encoded(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> decoded(Secret secret) {
    return secret.getData().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> decoded(entry.getValue())));
  }

  private static String decoded(String value) {
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
  }
}
