package dev.heapwarden.operator.tls;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;

/** Certificates and keys as text. */
final class Pem {
  private Pem() {}

  static String write(List<X509Certificate> certificates) {
    return written(
        certificates.stream()
            .map(
                certificate -> {
                  try {
                    return new JcaMiscPEMGenerator(certificate);
                  } catch (IOException impossible) {
                    throw new UncheckedIOException(impossible);
                  }
                })
            .toList());
  }

  /** As PKCS #8, not encrypted. */
  static String write(PrivateKey key) {
    try {
      return written(List.of(new JcaPKCS8Generator(key, null)));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * All certificates of a text, at least one.
   *
   * @throws GeneralSecurityException when it holds anything else
   */
  static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    var certificates = new ArrayList<X509Certificate>();
    for (var object : objects(pem)) {
      if (!(object instanceof X509CertificateHolder holder)) {
        throw new GeneralSecurityException("it is not a certificate");
      }
      certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("there is no certificate");
    }
    return List.copyOf(certificates);
  }

  /**
   * The one key of a text.
   *
   * @throws GeneralSecurityException when it holds anything else
   */
  static PrivateKey key(String pem) throws GeneralSecurityException {
    var objects = objects(pem);
    if (objects.size() != 1 || !(objects.getFirst() instanceof PrivateKeyInfo info)) {
      throw new GeneralSecurityException("it is not a PKCS #8 key");
    }
    try {
      return new JcaPEMKeyConverter().getPrivateKey(info);
    } catch (IOException | RuntimeException malformed) {
      throw new GeneralSecurityException("it is not a PKCS #8 key", malformed);
    }
  }

  private static List<Object> objects(String pem) throws GeneralSecurityException {
    var objects = new ArrayList<Object>();
    try (var parser = new PEMParser(new StringReader(pem))) {
      for (var object = parser.readObject(); object != null; object = parser.readObject()) {
        objects.add(object);
      }
      return objects;
    } catch (IOException | RuntimeException malformed) {
      // Bouncy Castle 1.8x throws its DecoderException, unchecked, for base64 that is none.
      throw new GeneralSecurityException("it is not PEM", malformed);
    }
  }

  private static String written(List<? extends PemObjectGenerator> objects) {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      for (var object : objects) {
        writer.writeObject(object);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
