package dev.heapwarden.probes.endpoint;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Offers;
import java.io.IOException;
import java.io.InputStream;

/** What a program may offer for the agent to ask again and again. */
public enum Offer {
  /** Of the two formats the older is preferred, which is shorter: it has no examples. */
  METRICS(
      Cause.METRICS,
      Origin.PROMETHEUS,
      "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5"),
  EXPVAR(Cause.EXPVAR, Origin.EXPVAR, "application/json");

  private final Cause cause;
  private final Origin origin;
  private final String accept;

  Offer(Cause cause, Origin origin, String accept) {
    this.cause = cause;
    this.origin = origin;
    this.accept = accept;
  }

  /** What its cost is counted as; its text is the name of the attachment, too. */
  public Cause cause() {
    return cause;
  }

  public Origin origin() {
    return origin;
  }

  /** Media types, as the Accept header has them. */
  public String accept() {
    return accept;
  }

  public Endpoint endpoint(Offers offers) {
    return switch (this) {
      case METRICS -> offers.metrics();
      case EXPVAR -> offers.expvar();
    };
  }

  /**
   * Reads an answer.
   *
   * @throws EndpointException when it tells nothing that is known
   */
  public Told read(InputStream body) throws IOException {
    return switch (this) {
      case METRICS -> Exposition.read(body);
      case EXPVAR -> Variables.read(body);
    };
  }
}
