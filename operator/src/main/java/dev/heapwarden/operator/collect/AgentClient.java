package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.SampleBatch;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks one agent for its samples, within a deadline and a bound on the answer. */
final class AgentClient implements AutoCloseable {
  /** For the whole exchange, body included. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  /** Bytes of one answer at most: a page of the longest samples, and 500 containers of 4 KiB. */
  static final long ANSWER_LIMIT = 12L << 20;

  private final Duration deadline;
  private final long limit;
  private final HttpClient http;

  AgentClient() {
    this(DEADLINE, ANSWER_LIMIT);
  }

  AgentClient(Duration deadline, long limit) {
    this.deadline = deadline;
    this.limit = limit;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(deadline)
            .build();
  }

  /**
   * Reads what came after the cursor.
   *
   * @throws IOException when the agent does not answer in time, refuses, or does not make sense
   */
  SampleBatch samples(Agent agent, Cursor cursor) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(agent.address().resolve("/v1/samples?" + cursor.query()))
            .timeout(deadline)
            .build();
    var exchange =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), limit));
    try {
      var response = exchange.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("expected HTTP 200, found " + response.statusCode());
      }
      return SampleBatchJson.read(response.body());
    } catch (TimeoutException e) {
      throw new IOException("no full answer within " + deadline.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      var message = cause.getMessage();
      throw new IOException(message == null ? cause.getClass().getSimpleName() : message, cause);
    } finally {
      exchange.cancel(true);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
