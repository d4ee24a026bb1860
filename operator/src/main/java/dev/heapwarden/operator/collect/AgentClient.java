package dev.heapwarden.operator.collect;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.operator.tls.AgentTrust;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks one agent for its samples, within a deadline and a bound on the answer, once it knows which
 * authorities to trust.
 */
public final class AgentClient implements AutoCloseable {
  /** For the whole exchange, body included. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  /** Bytes of one answer at most: a page of the longest samples, and 500 containers of 4 KiB. */
  static final long ANSWER_LIMIT = 12L << 20;

  /** Why nobody is asked at first. */
  static final String NO_AUTHORITY =
      "the agents' certificates are not made yet; the operator's log says why if this lasts";

  /** Characters of an agent's reason that are passed on. */
  private static final int REASON_LIMIT = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final AgentToken token;
  private final Duration deadline;
  private final long limit;
  private volatile @Nullable HttpClient http;

  public AgentClient(AgentToken token) {
    this(token, DEADLINE, ANSWER_LIMIT);
  }

  AgentClient(AgentToken token, Duration deadline, long limit) {
    this.token = token;
    this.deadline = deadline;
    this.limit = limit;
  }

  /**
   * From now on trusts agents with a certificate of these authorities, and no others. Connections
   * and TLS sessions of before are not used again.
   */
  public synchronized void trust(List<X509Certificate> authorities) {
    var before = http;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(deadline)
            .sslContext(AgentTrust.context(authorities))
            .build();
    if (before != null) {
      before.shutdown();
    }
  }

  /** Whether it was told whom to trust. */
  boolean trusts() {
    return http != null;
  }

  /**
   * Reads what came after the cursor.
   *
   * @throws IOException when the agent does not answer in time, refuses, or does not make sense
   */
  public SampleBatch samples(Agent agent, Cursor cursor) throws IOException, InterruptedException {
    var client = http;
    if (client == null) {
      throw new IOException(NO_AUTHORITY);
    }
    var request =
        HttpRequest.newBuilder(agent.address().resolve("/v1/samples?" + cursor.query()))
            .header("Authorization", token.header())
            .timeout(deadline)
            .build();
    var exchange =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), limit));
    try {
      var response = exchange.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException(
            "expected HTTP 200, found " + response.statusCode() + reason(response.body()));
      }
      return SampleBatchJson.read(response.body());
    } catch (TimeoutException e) {
      throw new IOException("no full answer within " + deadline.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      var message = cause.getMessage();
      var what = message == null ? cause.getClass().getSimpleName() : message;
      throw new IOException(cause instanceof SSLException ? "TLS: " + what : what, cause);
    } finally {
      exchange.cancel(true);
    }
  }

  /** Agents say why in a line of JSON. */
  private static String reason(byte[] body) {
    try {
      var reason = JSON.readTree(body).path("reason").asText().replaceAll("\\p{Cntrl}", " ");
      return reason.isEmpty()
          ? ""
          : ": " + reason.substring(0, Math.min(reason.length(), REASON_LIMIT));
    } catch (IOException none) {
      return "";
    }
  }

  @Override
  public synchronized void close() {
    var client = http;
    if (client != null) {
      client.shutdownNow();
    }
  }
}
