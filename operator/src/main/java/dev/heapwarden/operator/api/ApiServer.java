package dev.heapwarden.operator.api;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** What the API server says. */
public final class ApiServer {
  /** RFC 9110, 15.5.21: what a validating admission policy answers with, and a failed JSON test. */
  public static final int UNPROCESSABLE = 422;

  /** Of a connection that was refused or lost the client (fabric8 7.8) says 0 or -1. */
  private static final int NO_ANSWER = 0;

  private ApiServer() {}

  /** Its own words where it gave any. */
  public static String words(KubernetesClientException failure) {
    var status = failure.getStatus();
    if (status != null && status.getMessage() != null) {
      return status.getMessage();
    }
    return hasAnswered(failure)
        ? "HTTP " + failure.getCode()
        : String.valueOf(failure.getMessage());
  }

  public static boolean hasAnswered(KubernetesClientException failure) {
    return failure.getCode() > NO_ANSWER;
  }

  /** A missing right, a quota, a webhook, a value that it does not take: asking again is vain. */
  public static boolean isDenial(KubernetesClientException failure) {
    return switch (failure.getCode()) {
      case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN, UNPROCESSABLE ->
          true;
      default -> false;
    };
  }

  /** Of a denial, what people read. */
  public static String denial(KubernetesClientException failure) {
    return (failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN ? "Forbidden: " : "Denied: ")
        + words(failure);
  }
}
