package dev.heapwarden.probes.access;

import dev.heapwarden.crds.AgentAccess;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority, and Secrets as the operator makes them; its servers are at 127.0.0.1. */
public final class Certificates {
  private final KeyPair keys = pair();
  private final X509Certificate authority;

  public Certificates() throws Exception {
    authority = certificate("CN=authority", 1, keys, "CN=authority", keys.getPrivate(), true);
  }

  /** What the Secret holds. */
  public Map<String, byte[]> secret(int serial) throws Exception {
    var own = pair();
    var certificate =
        certificate("CN=agent", serial, own, "CN=authority", keys.getPrivate(), false);
    return Map.of(
        AgentAccess.CERTIFICATE,
        pem("CERTIFICATE", certificate.getEncoded()),
        AgentAccess.KEY,
        pem("PRIVATE KEY", own.getPrivate().getEncoded()));
  }

  /** Of a client that trusts this authority only. */
  public SSLContext client() throws Exception {
    var anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    anchors.setCertificateEntry("authority", authority);
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static X509Certificate certificate(
      String subject, int serial, KeyPair own, String issuer, PrivateKey signer, boolean authority)
      throws Exception {
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(serial),
                Date.from(now.minus(Duration.ofMinutes(1))),
                Date.from(now.plus(Duration.ofHours(1))),
                new X500Name(subject),
                own.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
  }

  private static KeyPair pair() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static byte[] pem(String what, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), what)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
