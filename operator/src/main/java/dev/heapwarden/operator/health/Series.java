package dev.heapwarden.operator.health;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.policy.HealthSnapshots;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.operator.api.OwnedSnapshots;
import dev.heapwarden.operator.evaluate.Workload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The health snapshots of one container of one workload under one policy. The name of each is
 * derived from them and from the time for which it is taken: ordering it twice is ordering it once.
 */
record Series(MemoryPolicy policy, Workload workload, String container) {
  /** On a health snapshot: which series it belongs to. */
  static final String SERIES_LABEL = Api.GROUP + "/health-snapshots";

  /** On a health snapshot: the time of the schedule that it was taken for. */
  static final String DUE_LABEL = Api.GROUP + "/due";

  private static final DateTimeFormatter DUE =
      DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** RFC 1123 label. */
  private static final int NAME_LIMIT = 63;

  /** As people name it. */
  String text() {
    return "%s/%s container %s"
        .formatted(workload.kind().toLowerCase(Locale.ROOT), workload.name(), container);
  }

  /**
   * The candidates in the order of their turns: the pod that comes by name after the last one is
   * the first.
   *
   * @param pods by name
   * @param taken health snapshots of the policy
   */
  List<String> turns(Collection<String> pods, List<MemorySnapshot> taken, Instant due) {
    var last = last(taken, due).orElse("");
    return pods.stream()
        .distinct()
        .sorted(
            Comparator.comparing((String pod) -> pod.compareTo(last) <= 0)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  MemorySnapshot order(String pod, HealthSnapshots asked, Instant due) {
    return OwnedSnapshots.of(
        policy,
        name(due),
        Map.of(SERIES_LABEL, hash(), DUE_LABEL, label(due)),
        new MemorySnapshotSpec(
            pod,
            container,
            asked.snapshots(),
            policy.getSpec().respond().diagnose().window(),
            List.of()));
  }

  /** A label's value that sorts as time does. */
  static String label(Instant due) {
    return DUE.format(due);
  }

  static String dueOf(MemorySnapshot snapshot) {
    return snapshot.getMetadata().getLabels().getOrDefault(DUE_LABEL, "");
  }

  private Optional<String> last(List<MemorySnapshot> taken, Instant due) {
    return taken.stream()
        .filter(snapshot -> hash().equals(snapshot.getMetadata().getLabels().get(SERIES_LABEL)))
        .filter(snapshot -> dueOf(snapshot).compareTo(label(due)) < 0)
        .max(Comparator.comparing(Series::dueOf))
        .map(snapshot -> snapshot.getSpec().pod());
  }

  private String name(Instant due) {
    var tail = "-" + label(due) + "-" + hash();
    var head = policy.getMetadata().getName().replace('.', '-');
    return head.substring(0, Math.min(head.length(), NAME_LIMIT - tail.length())) + tail;
  }

  private String hash() {
    var identity = policy.getMetadata().getUid() + "/" + workload.uid() + "/" + container;
    return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8))
        .toString()
        .substring(0, 8);
  }
}
