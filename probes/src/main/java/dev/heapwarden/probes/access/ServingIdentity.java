package dev.heapwarden.probes.access;

import dev.heapwarden.crds.AgentAccess;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate and key that the agent serves TLS with. They can change at any time; from then on
 * each new connection gets the new ones. Without any, no handshake succeeds.
 */
public final class ServingIdentity {
  /** As the key algorithm is called in TLS. */
  private static final String KEY_TYPE = "EC";

  private final AtomicReference<@Nullable Identity> current = new AtomicReference<>();

  /** The alias is the certificate's serial number: a handshake never mixes two identities. */
  private record Identity(String alias, List<X509Certificate> chain, PrivateKey key) {}

  /**
   * Takes on what a Secret says.
   *
   * @param secret PEM by the Secret's keys
   * @throws GeneralSecurityException when it is not a certificate and its key; nothing changes then
   */
  public void take(Map<String, byte[]> secret) throws GeneralSecurityException {
    var chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(secret.getOrDefault(AgentAccess.CERTIFICATE, new byte[0])))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (chain.isEmpty()) {
      throw new CertificateException(AgentAccess.CERTIFICATE + " holds no certificate");
    }
    var key = key(secret.getOrDefault(AgentAccess.KEY, new byte[0]));
    current.set(new Identity(chain.getFirst().getSerialNumber().toString(16), chain, key));
  }

  public boolean present() {
    return current.get() != null;
  }

  /** For a server that speaks as this identity. */
  public SSLContext context() {
    try {
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {new Keys()}, null, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this Java runtime has no TLS 1.3", impossible);
    }
  }

  private static PrivateKey key(byte[] pem) throws GeneralSecurityException {
    var text =
        new String(pem, StandardCharsets.US_ASCII)
            .replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "");
    try {
      return KeyFactory.getInstance(KEY_TYPE)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
    } catch (IllegalArgumentException malformed) {
      throw new CertificateException(AgentAccess.KEY + " is not a PKCS #8 key in PEM", malformed);
    }
  }

  /** What the TLS implementation asks for; the client's half is never asked. */
  private final class Keys extends X509ExtendedKeyManager {
    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      var identity = current.get();
      return identity == null || !keyType.equals(KEY_TYPE) ? null : identity.alias();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      var identity = current.get();
      return identity == null || !identity.alias().equals(alias)
          ? null
          : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      var identity = current.get();
      return identity == null || !identity.alias().equals(alias) ? null : identity.key();
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }
  }
}
