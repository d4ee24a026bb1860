package dev.heapwarden.operator.tls;

import dev.heapwarden.crds.AgentAccess;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts a server whose certificate comes from one of our authorities and bears the agents' fixed
 * name. Agents are dialled by address, which is in no certificate: the name is looked for here, and
 * the HTTP client's own comparison with the address, which a trust manager of this kind is asked to
 * make, is not made.
 */
public final class AgentTrust extends X509ExtendedTrustManager {
  private final X509TrustManager path;

  private AgentTrust(X509TrustManager path) {
    this.path = path;
  }

  /** For a client that speaks to agents only. */
  public static SSLContext context(Collection<X509Certificate> authorities) {
    try {
      var anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      for (var authority : authorities) {
        anchors.setCertificateEntry(authority.getSerialNumber().toString(16), authority);
      }
      var factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      var path =
          Arrays.stream(factory.getTrustManagers())
              .filter(X509TrustManager.class::isInstance)
              .map(X509TrustManager.class::cast)
              .findFirst()
              .orElseThrow();
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(null, new TrustManager[] {new AgentTrust(path)}, null);
      return context;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("this Java runtime cannot check certificates", impossible);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    path.checkServerTrusted(chain, type);
    var names = Credential.dnsNames(chain[0]);
    if (!names.contains(AgentAccess.SERVER_NAME)) {
      throw new CertificateException(
          "expected a certificate for %s, found one for %s"
              .formatted(AgentAccess.SERVER_NAME, names));
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("nobody is served here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return path.getAcceptedIssuers();
  }
}
