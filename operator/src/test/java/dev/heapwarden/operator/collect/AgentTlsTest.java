package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.operator.tls.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the operator takes for an agent, and what it shows to it. */
class AgentTlsTest {
  private static final String EMPTY =
      "{\"epoch\":\"e\",\"last\":5,\"dropped\":0,\"reset\":false,\"more\":false,\"containers\":[],\"samples\":[]}";

  private final Credential authority = Credential.authority(Instant.now());
  @TempDir private Path directory;
  private final AtomicReference<String> shown = new AtomicReference<>("");
  private AgentClient client;

  @BeforeEach
  void aClientThatTrustsTheAuthority() throws Exception {
    client = new AgentClient(TlsAgent.token(directory), Duration.ofSeconds(5), 1_000);
    client.trust(List.of(authority.certificate()));
  }

  @AfterEach
  void stop() {
    client.close();
  }

  @Test
  void anAgentIsKnownByItsNameThoughItIsDialledByAddress() throws Exception {
    try (var server = TlsAgent.certifiedBy(authority, this::answer)) {
      assertThat(client.samples(server.agent(), Cursor.START).last()).isEqualTo(5);
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    var stranger =
        Credential.authority(Instant.now()).issue(AgentAccess.SERVER_NAME, Instant.now());

    assertThatThrownBy(() -> askServerWith(stranger))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("TLS: ")
        .hasMessageContaining("unable to find valid certification path");
    assertThat(shown).hasValue("");
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    var other = authority.issue("127.0.0.1", Instant.now());

    assertThatThrownBy(() -> askServerWith(other))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("TLS: ")
        .hasMessageEndingWith(
            "expected a certificate for heapwarden-agent, found one for [127.0.0.1]");
    assertThat(shown).hasValue("");
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    var old = authority.issue(AgentAccess.SERVER_NAME, Instant.now().minus(Duration.ofDays(91)));

    assertThatThrownBy(() -> askServerWith(old))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("TLS: ");
    assertThat(shown).hasValue("");
  }

  @Test
  void afterTheAuthorityChangedTheOldOneIsTrustedOnlyWhileItIsListed() throws Exception {
    var next = Credential.authority(Instant.now());
    try (var before = TlsAgent.certifiedBy(authority, this::answer);
        var after = TlsAgent.certifiedBy(next, this::answer)) {
      client.trust(List.of(next.certificate(), authority.certificate()));
      assertThatCode(() -> client.samples(before.agent(), Cursor.START)).doesNotThrowAnyException();
      assertThatCode(() -> client.samples(after.agent(), Cursor.START)).doesNotThrowAnyException();

      client.trust(List.of(next.certificate()));
      assertThatThrownBy(() -> client.samples(before.agent(), Cursor.START))
          .hasMessageStartingWith("TLS: ");
      assertThatCode(() -> client.samples(after.agent(), Cursor.START)).doesNotThrowAnyException();
    }
  }

  @Test
  void nobodyIsAskedBeforeThereIsAnAuthority() throws Exception {
    try (var fresh = new AgentClient(TlsAgent.token(directory));
        var server = TlsAgent.certifiedBy(authority, this::answer)) {
      assertThatThrownBy(() -> fresh.samples(server.agent(), Cursor.START))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("the agents' certificates are not made yet");
    }
    assertThat(shown).hasValue("");
  }

  @Test
  void theTokenIsTheOneThatTheKubeletPutThereLast() throws Exception {
    try (var server = TlsAgent.certifiedBy(authority, this::answer)) {
      var _ = client.samples(server.agent(), Cursor.START);
      assertThat(shown).hasValue("Bearer s3cret");

      Files.writeString(directory.resolve("token"), "n3wer");
      var _ = client.samples(server.agent(), Cursor.START);
      assertThat(shown).hasValue("Bearer n3wer");
    }
  }

  @Test
  void aMissingTokenIsSaid() throws Exception {
    Files.delete(directory.resolve("token"));
    try (var server = TlsAgent.certifiedBy(authority, this::answer)) {
      assertThatThrownBy(() -> client.samples(server.agent(), Cursor.START))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("the operator's token for agents cannot be read: ");
    }
  }

  @Test
  void whyAnAgentRefusesIsPassedOn() throws Exception {
    try (var server =
        TlsAgent.certifiedBy(
            authority,
            exchange -> answer(exchange, 403, "{\"reason\":\"operator may not\\nget samples\"}"))) {
      assertThatThrownBy(() -> client.samples(server.agent(), Cursor.START))
          .hasMessage("expected HTTP 200, found 403: operator may not get samples");
    }
  }

  private void askServerWith(Credential credential) throws Exception {
    try (var server = new TlsAgent(credential, this::answer)) {
      var _ = client.samples(server.agent(), Cursor.START);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    shown.set(exchange.getRequestHeaders().getFirst("Authorization"));
    answer(exchange, 200, EMPTY);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
