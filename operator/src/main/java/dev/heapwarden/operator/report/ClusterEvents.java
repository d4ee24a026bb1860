package dev.heapwarden.operator.report;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events in the cluster. An Event's name is derived from its object, reason and message: saying it
 * again raises the count of the one that is there. That an Event could not be written is logged and
 * changes nothing else.
 */
public final class ClusterEvents implements EventRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterEvents.class);

  /** The API server cuts nothing off: it refuses a longer message. core/v1 validation, 1024. */
  static final int MESSAGE_LIMIT = 1024;

  private static final int NAME_LIMIT = 253;

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance;

  public ClusterEvents(KubernetesClient client, Clock clock, String instance) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
  }

  @Override
  public void record(HasMetadata about, Reason reason, String message) {
    var event = event(about, reason, message, instance, clock.instant());
    try {
      publish(event);
    } catch (KubernetesClientException e) {
      LOG.warn(
          "event not recorded reason={} object={}/{} cause={}",
          reason.text(),
          about.getMetadata().getNamespace(),
          about.getMetadata().getName(),
          e.getMessage());
    }
  }

  private void publish(Event event) {
    try {
      client.v1().events().resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      // By name: edit() of a resource would count up the event in hand, not the one on the server.
      client
          .v1()
          .events()
          .inNamespace(event.getMetadata().getNamespace())
          .withName(event.getMetadata().getName())
          .edit(
              there ->
                  new EventBuilder(there)
                      .withCount(there.getCount() == null ? 2 : there.getCount() + 1)
                      .withLastTimestamp(event.getLastTimestamp())
                      .build());
    }
  }

  static Event event(
      HasMetadata about, Reason reason, String message, String instance, Instant now) {
    var text =
        message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT - 1) + "…";
    var at = now.truncatedTo(ChronoUnit.SECONDS).toString();
    var metadata = about.getMetadata();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(metadata.getNamespace())
        .withName(name(about, reason, text))
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .endInvolvedObject()
        .withType(reason.type().text())
        .withReason(reason.text())
        .withMessage(text)
        .withCount(1)
        .withFirstTimestamp(at)
        .withLastTimestamp(at)
        .withNewSource()
        .withComponent("heapwarden")
        .endSource()
        .withReportingComponent("heapwarden.dev/operator")
        .withReportingInstance(instance)
        .build();
  }

  static String name(HasMetadata about, Reason reason, String message) {
    var metadata = about.getMetadata();
    var hash =
        sha256(metadata.getUid() + "\n" + about.getKind() + "\n" + reason + "\n" + message)
            .substring(0, 16);
    var name = metadata.getName();
    var room = NAME_LIMIT - hash.length() - 1;
    return (name.length() <= room ? name : name.substring(0, room)) + "." + hash;
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has SHA-256.
      throw new IllegalStateException(e);
    }
  }
}
