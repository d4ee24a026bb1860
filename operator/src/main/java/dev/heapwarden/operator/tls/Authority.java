package dev.heapwarden.operator.tls;

import dev.heapwarden.crds.AgentAccess;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who signs now, and who signed before.
 *
 * @param current signs
 * @param trusted certificates of the authorities to trust: the current one, then at most one
 *     predecessor, so that agents may change over one after the other
 */
record Authority(Credential current, List<X509Certificate> trusted) {
  Authority {
    trusted = List.copyOf(trusted);
  }

  static Authority create(Instant now) {
    var current = Credential.authority(now);
    return new Authority(current, List.of(current.certificate()));
  }

  /**
   * What {@link #data} wrote.
   *
   * @throws GeneralSecurityException when it is not the certificate and key of an authority
   */
  static Authority read(Map<String, String> data, Instant now) throws GeneralSecurityException {
    var current = credential(data);
    if (!current.isPair() || !current.isAuthority()) {
      throw new GeneralSecurityException("it is not the certificate and key of an authority");
    }
    var earlier =
        Pem.certificates(data.getOrDefault(AgentAccess.AUTHORITIES, "")).stream()
            .filter(certificate -> !certificate.equals(current.certificate()))
            .filter(certificate -> certificate.getNotAfter().toInstant().isAfter(now))
            .limit(1);
    return new Authority(
        current, Stream.concat(Stream.of(current.certificate()), earlier).toList());
  }

  Authority successor(Instant now) {
    var next = Credential.authority(now);
    return new Authority(next, List.of(next.certificate(), current.certificate()));
  }

  Map<String, String> data() {
    return data(current);
  }

  /** What agents serve with. */
  Map<String, String> issue(Instant now) {
    return data(current.issue(AgentAccess.SERVER_NAME, now));
  }

  /** Whether agents can go on with what they have. */
  boolean vouchesFor(Map<String, String> serving, Instant now) {
    try {
      var credential = credential(serving);
      return credential.isPair()
          && credential.isSignedBy(current)
          && !credential.isDue(now)
          && Credential.dnsNames(credential.certificate()).contains(AgentAccess.SERVER_NAME)
          && bundle().equals(serving.get(AgentAccess.AUTHORITIES));
    } catch (GeneralSecurityException broken) {
      return false;
    }
  }

  /** All that are trusted, in PEM. */
  String bundle() {
    return Pem.write(trusted);
  }

  private Map<String, String> data(Credential credential) {
    return Map.of(
        AgentAccess.CERTIFICATE,
        Pem.write(List.of(credential.certificate())),
        AgentAccess.KEY,
        Pem.write(credential.key()),
        AgentAccess.AUTHORITIES,
        bundle());
  }

  private static Credential credential(Map<String, String> data) throws GeneralSecurityException {
    return new Credential(
        Pem.certificates(data.getOrDefault(AgentAccess.CERTIFICATE, "")).getFirst(),
        Pem.key(data.getOrDefault(AgentAccess.KEY, "")));
  }
}
