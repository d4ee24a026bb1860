package dev.heapwarden.operator.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate and its private key, on the curve P-256. */
public record Credential(X509Certificate certificate, PrivateKey key) {
  /** Renewed, with the agents in step within seconds, when a year is left. */
  static final Duration AUTHORITY_LIFE = Duration.ofDays(3 * 365);

  /** Renewed when a month is left: an operator may be down for as long. */
  static final Duration SERVING_LIFE = Duration.ofDays(90);

  /** Clocks of nodes differ. */
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  /** The largest serial number that RFC 5280 (4.1.2.2) allows has 20 octets. */
  private static final int SERIAL_BITS = 127;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new authority, which signs servers' certificates only. */
  public static Credential authority(Instant now) {
    var keys = keys();
    var serial = new BigInteger(SERIAL_BITS, RANDOM);
    // Two authorities are trusted during a change-over: they do not share a name.
    var name = new X500Name("CN=heapwarden-ca-" + serial.toString(16));
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              serial,
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(AUTHORITY_LIFE)),
              name,
              keys.getPublic());
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return signed(builder, keys.getPrivate(), keys.getPrivate());
    } catch (CertIOException | GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * A new server's certificate, signed by this authority.
   *
   * @param dnsName its only subject alternative name
   */
  public Credential issue(String dnsName, Instant now) {
    var keys = keys();
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              certificate,
              new BigInteger(SERIAL_BITS, RANDOM),
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(SERVING_LIFE)),
              new X500Name("CN=" + dnsName),
              keys.getPublic());
      var identifiers = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
          .addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              identifiers.createAuthorityKeyIdentifier(certificate));
      return signed(builder, keys.getPrivate(), key);
    } catch (CertIOException | GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Whether less than a third of its life is left. */
  boolean isDue(Instant now) {
    var begin = certificate.getNotBefore().toInstant();
    var end = certificate.getNotAfter().toInstant();
    return Duration.between(now, end).compareTo(Duration.between(begin, end).dividedBy(3)) < 0;
  }

  /** Whether the key is the certificate's. */
  boolean isPair() {
    try {
      var content = new byte[] {1};
      var signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(key);
      signing.update(content);
      var signature = signing.sign();
      // Not the certificate: its key usage would be asked for, and an authority signs certificates
      // only.
      signing.initVerify(certificate.getPublicKey());
      signing.update(content);
      return signing.verify(signature);
    } catch (GeneralSecurityException none) {
      return false;
    }
  }

  boolean isAuthority() {
    return certificate.getBasicConstraints() >= 0;
  }

  /** Whether that authority signed it. */
  boolean isSignedBy(Credential authority) {
    try {
      certificate.verify(authority.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException foreign) {
      return false;
    }
  }

  /** The DNS names that a certificate is for. */
  static List<String> dnsNames(X509Certificate certificate) {
    try {
      return Optional.ofNullable(certificate.getSubjectAlternativeNames()).stream()
          .flatMap(names -> names.stream())
          .filter(name -> name.get(0) instanceof Integer kind && kind == GeneralName.dNSName)
          .map(name -> (String) name.get(1))
          .toList();
    } catch (CertificateParsingException malformed) {
      return List.of();
    }
  }

  private static KeyPair keys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this Java runtime has no P-256", impossible);
    }
  }

  private static Credential signed(
      JcaX509v3CertificateBuilder builder, PrivateKey own, PrivateKey signer)
      throws GeneralSecurityException {
    try {
      var holder = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer));
      return new Credential(new JcaX509CertificateConverter().getCertificate(holder), own);
    } catch (OperatorCreationException refused) {
      throw new GeneralSecurityException(refused);
    }
  }
}
