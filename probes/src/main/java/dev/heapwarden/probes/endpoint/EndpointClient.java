package dev.heapwarden.probes.endpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks what programs offer: without credentials, cookies or proxy, and nobody but who is asked,
 * since no redirect is followed.
 */
public final class EndpointClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  /** Makes something of an answer's body. */
  public interface Reader<T> {
    T read(InputStream body) throws IOException;
  }

  /**
   * How much is waited for.
   *
   * @param time for all of the answer
   * @param bytes of its body
   */
  public record Bounds(Duration time, long bytes) {}

  /**
   * Asks once.
   *
   * @param accept media types, as the header has them
   * @throws EndpointException when it does not answer 200, or not within the bounds
   * @throws IOException when the reader does
   */
  public <T> T get(URI uri, String accept, Bounds bounds, Reader<T> reader)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + bounds.time().toNanos();
    var response = send(uri, accept, bounds.time());
    try (var body = new Answer(response.body(), bounds, end)) {
      // The request's own timeout ends with the headers: a body that never ends is closed.
      var late =
          CompletableFuture.runAsync(
              () -> close(response.body()),
              CompletableFuture.delayedExecutor(
                  Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
      try {
        if (response.statusCode() != 200) {
          throw EndpointException.because("it answered " + status(response.statusCode()));
        }
        var told = reader.read(body);
        // What is read to its end leaves the connection for the next question.
        body.transferTo(OutputStream.nullOutputStream());
        return told;
      } finally {
        late.cancel(false);
      }
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private HttpResponse<InputStream> send(URI uri, String accept, Duration time)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(time)
            .header("Accept", accept)
            .header("User-Agent", "heapwarden")
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (HttpConnectTimeoutException _) {
      throw EndpointException.silent("no connection within " + CONNECT.toSeconds() + " s");
    } catch (HttpTimeoutException _) {
      throw EndpointException.silent("no answer within " + time.toSeconds() + " s");
    } catch (ConnectException _) {
      throw EndpointException.because("nobody answers at its port");
    } catch (IOException _) {
      // Its message may quote the answer.
      throw EndpointException.because("its answer is no HTTP, or broke off");
    }
  }

  private static String status(int code) {
    return code / 100 == 3 ? code + ", and no redirect is followed" : Integer.toString(code);
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException _) {
      // Then nobody waits for it either.
    }
  }
}
