package dev.heapwarden.probes.access;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The two reviews of an API server. Its tokens are their users' names and an audience, as in {@code
 * alice@heapwarden-agent}.
 */
public final class Reviewer implements AutoCloseable {
  /** What each user may get: resource/subresource namespace/name. */
  public final Map<String, Set<String>> rights = new ConcurrentHashMap<>();

  /** Reviews that came, of either kind. */
  public final AtomicInteger asked = new AtomicInteger();

  /** Answered to every review instead; 0 for none. */
  public final AtomicInteger failure = new AtomicInteger();

  /** Tokens that are still being looked at, one for each question, until they are let go. */
  public final Map<String, CountDownLatch> slow = new ConcurrentHashMap<>();

  private final HttpServer server;

  public Reviewer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/apis/",
        exchange -> {
          try (exchange) {
            asked.incrementAndGet();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            slow.forEach((token, letGo) -> await(body.contains(token), letGo));
            var path = exchange.getRequestURI().getPath();
            int status = failure.get() == 0 ? 201 : failure.get();
            var answer =
                (status == 201
                        ? Serialization.asJson(
                            path.endsWith("/tokenreviews") ? identified(body) : decided(body))
                        : "{\"kind\":\"Status\",\"code\":%d}".formatted(status))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private static void await(boolean asked, CountDownLatch letGo) {
    try {
      if (asked) {
        letGo.await();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  public KubernetesClient client() {
    return ApiClient.of(server);
  }

  private TokenReview identified(String body) {
    var review = Serialization.unmarshal(body, TokenReview.class);
    var token = review.getSpec().getToken().split("@", 2);
    var known =
        rights.containsKey(token[0]) && review.getSpec().getAudiences().equals(List.of(token[1]));
    return new TokenReviewBuilder(review)
        .withNewStatus()
        .withAuthenticated(known)
        .withAudiences(known ? List.of(token[1]) : List.of())
        .withNewUser()
        .withUsername(token[0])
        .withGroups("system:authenticated")
        .endUser()
        .endStatus()
        .build();
  }

  private SubjectAccessReview decided(String body) {
    var review = Serialization.unmarshal(body, SubjectAccessReview.class);
    var spec = review.getSpec();
    var what = spec.getResourceAttributes();
    boolean allowed =
        what.getVerb().equals("get")
            && what.getGroup().equals("heapwarden.dev")
            && spec.getGroups().contains("system:authenticated")
            && rights
                .getOrDefault(spec.getUser(), Set.of())
                .contains(
                    "%s/%s %s/%s"
                        .formatted(
                            what.getResource(),
                            what.getSubresource(),
                            what.getNamespace(),
                            what.getName()));
    return new SubjectAccessReviewBuilder(review)
        .withNewStatus()
        .withAllowed(allowed)
        .endStatus()
        .build();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
