package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** What the API server says. */
public final class ApiServer {
  private ApiServer() {}

  /** Its own words where it gave any. */
  public static String words(KubernetesClientException failure) {
    var status = failure.getStatus();
    return status == null || status.getMessage() == null
        ? "HTTP " + failure.getCode()
        : status.getMessage();
  }
}
