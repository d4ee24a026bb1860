package dev.heapwarden.operator.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.health.SnapshotServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of the policy named shop, with an incident that has ended and one that is open. */
class OutdatedSnapshotsTest {
  private static final Instant NOON = Instant.parse("2026-07-08T12:00:00Z");
  private static final int MIB = 1 << 20;

  private final SnapshotServer server = new SnapshotServer();
  private final List<String> said = new ArrayList<>();
  private final OutdatedSnapshots outdated =
      new OutdatedSnapshots(
          server.client(),
          _ -> List.of(incident("ended", true), incident("open", false)),
          (about, reason, message) ->
              said.add(
                  "%s %s: %s".formatted(about.getMetadata().getName(), reason.text(), message)));

  OutdatedSnapshotsTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void whatIsTooOldIsDeletedAndItsOwnerSaysWhy() {
    taken("old", "ended", 169, 1);
    taken("young", "ended", 167, 1);
    taken("health", "shop", 200, 1);

    look("maxAge: 168h");

    assertThat(server.snapshots).containsOnlyKeys("young");
    assertThat(said)
        .containsExactly(
            "shop SnapshotOutdated: deleted memorysnapshot health and its artefacts: it is older"
                + " than 168h (retention.maxAge)",
            "ended SnapshotOutdated: deleted memorysnapshot old and its artefacts: it is older than"
                + " 168h (retention.maxAge)");
  }

  @Test
  void ofTooMuchTheOldestGoesFirstAndNoMoreThanHasTo() {
    taken("a", "ended", 1, 4 * MIB);
    taken("b", "ended", 3, 4 * MIB);
    taken("c", "shop", 2, 4 * MIB);

    look("maxSize: 10Mi");

    assertThat(server.snapshots).containsOnlyKeys("a", "c");
    assertThat(said)
        .singleElement()
        .asString()
        .endsWith(
            "artefacts of its policy hold 12582912 bytes, more than 10Mi (retention.maxSize)");
  }

  @Test
  void theEvidenceOfAnOpenIncidentStays() {
    taken("evidence", "open", 1000, 4 * MIB);
    taken("a", "ended", 1, 4 * MIB);

    look("maxAge: 168h, maxSize: 6Mi");

    assertThat(server.snapshots).containsOnlyKeys("evidence");
  }

  @Test
  void whatIsNotCompletedOrNotOfThePolicyStays() {
    taken("running", "ended", 1000, 4 * MIB);
    server.running(NOON, NOON);
    taken("by-hand", "nobody", 1000, 4 * MIB);

    look("maxAge: 168h, maxSize: 1");

    assertThat(server.snapshots).hasSize(2);
  }

  @Test
  void whatTheNodeHasDeletedDoesNotCount() {
    taken("gone", "ended", 2, 4 * MIB);
    var gone = server.snapshots.firstEntry().getValue();
    gone.setStatus(
        gone.getStatus()
            .ofArtifacts(List.of(gone.getStatus().artifacts().getFirst().withoutFile("gone"))));
    taken("a", "ended", 1, 4 * MIB);

    look("maxSize: 6Mi");

    assertThat(server.snapshots).hasSize(2);
  }

  @Test
  void withoutLimitsNothingIsDeleted() {
    taken("old", "ended", 10_000, 4 * MIB);

    outdated.accept(new Evaluation(policy(""), List.of(), NOON));

    assertThat(server.snapshots).hasSize(1);
  }

  @Test
  void theApiServerIsAskedOnceAMinute() {
    look("maxAge: 168h");
    taken("old", "ended", 169, 1);
    outdated.accept(new Evaluation(policy("maxAge: 168h"), List.of(), NOON.plusSeconds(59)));
    assertThat(server.snapshots).hasSize(1);

    outdated.accept(new Evaluation(policy("maxAge: 168h"), List.of(), NOON.plusSeconds(60)));

    assertThat(server.snapshots).isEmpty();
  }

  private void look(String retention) {
    outdated.accept(new Evaluation(policy(retention), List.of(), NOON));
  }

  /**
   * A snapshot with one artefact.
   *
   * @param owner a name
   * @param hours since it was completed
   */
  private void taken(String name, String owner, int hours, int bytes) {
    server.snapshots.put(
        name,
        Serialization.unmarshal(
            """
            apiVersion: heapwarden.dev/v1alpha1
            kind: MemorySnapshot
            metadata:
              name: %s
              namespace: shop
              resourceVersion: '1'
              ownerReferences: [{uid: uid-%s, name: any, kind: Any, apiVersion: v1}]
            spec: {pod: orders-a, container: app, kinds: [Smaps], window: 5s}
            status:
              phase: Completed
              completedAt: '%s'
              artifacts: [{kind: Smaps, state: Taken, path: /f, size: %d}]
            """
                .formatted(name, owner, NOON.minus(Duration.ofHours(hours)), bytes),
            MemorySnapshot.class));
  }

  private static LeakIncident incident(String name, boolean ended) {
    return Serialization.unmarshal(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: LeakIncident
        metadata: {name: %s, namespace: shop, uid: uid-%s}
        spec: {target: {policy: shop}}
        status: {%s}
        """
            .formatted(name, name, ended ? "endedAt: '2026-07-01T00:00:00Z'" : ""),
        LeakIncident.class);
  }

  private static MemoryPolicy policy(String retention) {
    return Serialization.unmarshal(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemoryPolicy
        metadata: {name: shop, namespace: shop, uid: uid-shop}
        spec:
          selector: {matchLabels: {app: orders}}
          respond: {diagnose: {%s}}
        """
            .formatted(retention.isEmpty() ? "" : "retention: {" + retention + "}"),
        MemoryPolicy.class);
  }
}
