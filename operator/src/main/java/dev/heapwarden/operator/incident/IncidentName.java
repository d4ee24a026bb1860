package dev.heapwarden.operator.incident;

import dev.heapwarden.operator.evaluate.Workload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Names of incidents: the same leak always gets the same name, so that opening it twice is opening
 * it once. A DNS label, since it becomes the value of a label on isolated pods.
 */
final class IncidentName {
  /** RFC 1123 label, and label value. */
  static final int LIMIT = 63;

  private IncidentName() {}

  static String of(Workload workload, String container, int episode) {
    return of(workload, container, "-" + episode);
  }

  /** What is not an incident yet. */
  static String ofLook(Workload workload, String container) {
    return of(workload, container, "-look");
  }

  /** The snapshot of what a container of an incident left: the same crash gets the same name. */
  static String ofCrash(String incident, String podUid, Instant at) {
    return incident + "-crash-" + hash(podUid + "/" + at);
  }

  private static String of(Workload workload, String container, String end) {
    var tail = "-" + hash(workload.uid() + "/" + container) + end;
    var head =
        (workload.name() + "-" + container).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    var room = LIMIT - tail.length();
    return (head.length() <= room ? head : head.substring(0, room)) + tail;
  }

  /** As a label's value, where longer names are cut. */
  static String label(String name) {
    var cut = name.length() <= LIMIT ? name : name.substring(0, LIMIT);
    return cut.replaceAll("[^A-Za-z0-9]+$", "");
  }

  private static String hash(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)), 0, 4);
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has SHA-256.
      throw new IllegalStateException(e);
    }
  }
}
