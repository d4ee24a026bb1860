package dev.heapwarden.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.AgentAccess;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentCertificatesTest {
  private static final String NAMESPACE = "heapwarden-system";

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private Objects objects;
  private KubernetesClient client;
  private AgentCertificates certificates;

  @BeforeEach
  void anEmptyCluster() throws IOException {
    objects = new Objects();
    client = objects.client();
    certificates = new AgentCertificates(client, NAMESPACE, now::get);
  }

  @AfterEach
  void stop() {
    client.close();
    objects.close();
  }

  @Test
  void aFreshClusterGetsAnAuthorityAndACertificateForTheAgentsName() throws Exception {
    var trusted = certificates.ensure();

    assertThat(trusted).hasSize(1);
    var serving =
        Pem.certificates(data(AgentAccess.TLS_SECRET).getOrDefault("tls.crt", "")).getFirst();
    serving.verify(trusted.getFirst().getPublicKey());
    assertThat(Credential.dnsNames(serving)).containsExactly("heapwarden-agent");
    assertThat(serving.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(serving.getBasicConstraints()).isEqualTo(-1);
    assertThat(Pem.certificates(map())).isEqualTo(trusted);
  }

  @Test
  void theAuthoritysKeyIsNotWhereAgentsRead() throws Exception {
    var _ = certificates.ensure();

    var authority = data(AgentCertificates.AUTHORITY_SECRET).getOrDefault("tls.key", "");
    assertThat(authority).contains("BEGIN PRIVATE KEY");
    assertThat(data(AgentAccess.TLS_SECRET).values()).doesNotContain(authority);
    assertThat(map()).doesNotContain("PRIVATE");
  }

  @ParameterizedTest
  @ValueSource(strings = {AgentAccess.AUTHORITY_SECRET, AgentAccess.TLS_SECRET})
  void aCredentialOfWhichTheBase64IsBrokenIsMadeAnew(String secret) throws Exception {
    var _ = certificates.ensure();
    for (var key : List.of(AgentAccess.CERTIFICATE, AgentAccess.KEY, AgentAccess.AUTHORITIES)) {
      var broken = new HashMap<>(data(secret));
      broken.computeIfPresent(key, (_, pem) -> pem.replaceFirst("(?m)^MI", "!!"));
      overwrite(secret, broken);

      var trusted = certificates.ensure();

      serving().verify(trusted.getFirst().getPublicKey());
      assertThat(Pem.key(data(secret).getOrDefault(AgentAccess.KEY, "")).getAlgorithm())
          .isEqualTo("EC");
      assertThat(Pem.certificates(data(secret).getOrDefault(AgentAccess.AUTHORITIES, "")))
          .isEqualTo(trusted);
    }
  }

  @Test
  void whatIsGoodStays() {
    var trusted = certificates.ensure();
    int writes = objects.writes.get();
    pass(Duration.ofDays(59));

    assertThat(certificates.ensure()).isEqualTo(trusted);
    assertThat(objects.writes).hasValue(writes);
  }

  @Test
  void theAgentsCertificateIsRenewedWhenLessThanAThirdOfItsLifeIsLeft() throws Exception {
    var trusted = certificates.ensure();
    var before = serving();
    pass(Duration.ofDays(61));

    assertThat(certificates.ensure()).isEqualTo(trusted);

    assertThat(serving()).isNotEqualTo(before);
    serving().checkValidity(Date.from(now.get().plus(Duration.ofDays(89))));
  }

  @Test
  void duringAChangeOverBothAuthoritiesAreTrusted() throws Exception {
    var old = certificates.ensure().getFirst();
    var before = serving();
    pass(Duration.ofDays(2 * 365 + 1));

    var trusted = certificates.ensure();

    assertThat(trusted).hasSize(2).contains(old);
    before.verify(trusted.get(1).getPublicKey());
    serving().verify(trusted.getFirst().getPublicKey());
    assertThat(Pem.certificates(map())).isEqualTo(trusted);

    pass(Duration.ofDays(366));
    assertThat(certificates.ensure()).hasSize(1).doesNotContain(old);
  }

  @Test
  void ofTwoLeadersTheFirstToWriteWins() throws Exception {
    var first = new AtomicReference<List<X509Certificate>>(List.of());
    objects.rival.set(() -> first.set(new AgentCertificates(client, NAMESPACE, now::get).ensure()));

    assertThat(certificates.ensure()).isEqualTo(first.get()).isNotEmpty();

    serving().verify(first.get().getFirst().getPublicKey());
  }

  @Test
  void ofTwoLeadersThatRenewTheFirstToWriteWins() throws Exception {
    var _ = certificates.ensure();
    pass(Duration.ofDays(2 * 365 + 1));
    var first = new AtomicReference<List<X509Certificate>>(List.of());
    objects.rival.set(() -> first.set(new AgentCertificates(client, NAMESPACE, now::get).ensure()));

    assertThat(certificates.ensure()).isEqualTo(first.get()).hasSize(2);
  }

  @Test
  void whatSomebodyBrokeIsMadeAnew() throws Exception {
    var trusted = certificates.ensure();
    overwrite(AgentAccess.TLS_SECRET, Map.of("tls.key", "none", "tls.crt", "none"));

    assertThat(certificates.ensure()).isEqualTo(trusted);
    serving().verify(trusted.getFirst().getPublicKey());

    overwrite(AgentCertificates.AUTHORITY_SECRET, Map.of("tls.key", "none", "tls.crt", "none"));
    var next = certificates.ensure();
    assertThat(next).hasSize(1).isNotEqualTo(trusted);
    serving().verify(next.getFirst().getPublicKey());
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsNotServed() throws Exception {
    var trusted = certificates.ensure().getFirst();
    var broken = new HashMap<>(data(AgentAccess.TLS_SECRET));
    broken.put("tls.key", data(AgentCertificates.AUTHORITY_SECRET).getOrDefault("tls.key", ""));
    overwrite(AgentAccess.TLS_SECRET, broken);

    assertThat(certificates.ensure()).containsExactly(trusted);

    assertThat(data(AgentAccess.TLS_SECRET).get("tls.key")).isNotEqualTo(broken.get("tls.key"));
  }

  @Test
  void aServersCertificateIsNoAuthority() {
    var serving = Credential.authority(now.get()).issue(AgentAccess.SERVER_NAME, now.get());

    assertThatThrownBy(
            () ->
                Authority.read(
                    Map.of(
                        "tls.crt", Pem.write(List.of(serving.certificate())),
                        "tls.key", Pem.write(serving.key()),
                        "ca.crt", Pem.write(List.of(serving.certificate()))),
                    now.get()))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private X509Certificate serving() throws GeneralSecurityException {
    return Pem.certificates(data(AgentAccess.TLS_SECRET).getOrDefault("tls.crt", "")).getFirst();
  }

  private String map() {
    return client
        .configMaps()
        .inNamespace(NAMESPACE)
        .withName(AgentCertificates.AUTHORITIES_MAP)
        .get()
        .getData()
        .getOrDefault("ca.crt", "");
  }

  private Map<String, String> data(String secret) {
    return client
        .secrets()
        .inNamespace(NAMESPACE)
        .withName(secret)
        .get()
        .getData()
        .entrySet()
        .stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    new String(
                        Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8)));
  }

  private void overwrite(String name, Map<String, String> text) {
    var secret = client.secrets().inNamespace(NAMESPACE).withName(name).get();
    var data =
        text.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry ->
                        Base64.getEncoder()
                            .encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8))));
    client.resource(new SecretBuilder(secret).withData(data).build()).update();
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }
}
