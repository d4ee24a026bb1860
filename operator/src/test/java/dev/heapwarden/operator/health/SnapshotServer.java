package dev.heapwarden.operator.health;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An API server that knows MemorySnapshots, and pods that are ready or not. */
public final class SnapshotServer implements AutoCloseable {
  public final NavigableMap<String, MemorySnapshot> snapshots = new TreeMap<>();
  final Set<String> notReady = new HashSet<>();

  /** By pod, where that is another than {@code uid-of-} and its name. */
  public final Map<String, String> uids = new HashMap<>();

  /** By pod: answered to the order of a snapshot instead of taking it. */
  final Map<String, Integer> refusals = new HashMap<>();

  /** Snapshots that there may be. */
  int quota = Integer.MAX_VALUE;

  /** Answered to every question for snapshots; 0 for none. */
  int listFailsWith;

  private final ApiServer server = new ApiServer(this::answer);

  public SnapshotServer() throws IOException {}

  public KubernetesClient client() {
    return server.client();
  }

  public List<String> pods() {
    return snapshots.values().stream().map(snapshot -> snapshot.getSpec().pod()).toList();
  }

  /** An agent has the first one running. */
  public void running(Instant created, Instant since) {
    var snapshot = snapshots.firstEntry().getValue();
    snapshot.getMetadata().setCreationTimestamp(created.toString());
    snapshot.setStatus(
        new MemorySnapshotStatus(
            MemorySnapshotStatus.Phase.RUNNING,
            null,
            null,
            "node-1",
            since.toString(),
            null,
            List.of(),
            List.of(),
            List.of(),
            null,
            null));
  }

  private Reply answer(String method, URI uri, String body) {
    var path = uri.getPath();
    var name = path.substring(path.lastIndexOf('/') + 1);
    if (path.contains("/poddisruptionbudgets")) {
      return Reply.refusal(HttpURLConnection.HTTP_FORBIDDEN, "no budgets here");
    }
    return switch (method) {
      case "POST" -> create(Serialization.unmarshal(body, MemorySnapshot.class));
      case "DELETE" -> {
        snapshots.remove(name);
        yield Reply.ok(new StatusBuilder().withStatus("Success").build());
      }
      default -> {
        if (path.contains("/pods/")) {
          yield Reply.ok(pod(name));
        }
        var found = snapshots.get(name);
        if (found != null) {
          yield Reply.ok(found);
        }
        if (!path.endsWith("/memorysnapshots")) {
          yield Reply.refusal(HttpURLConnection.HTTP_NOT_FOUND, "");
        }
        yield listFailsWith == 0
            ? Reply.ok(list(uri.getQuery()))
            : Reply.refusal(listFailsWith, "etcd is away");
      }
    };
  }

  private Reply create(MemorySnapshot snapshot) {
    snapshot.getMetadata().setCreationTimestamp(Instant.now().toString());
    var refused =
        snapshots.size() >= quota
            ? Integer.valueOf(HttpURLConnection.HTTP_FORBIDDEN)
            : refusals.get(snapshot.getSpec().pod());
    if (refused != null) {
      return Reply.refusal(refused, "quota exceeded");
    }
    return snapshots.putIfAbsent(snapshot.getMetadata().getName(), snapshot) == null
        ? new Reply(HttpURLConnection.HTTP_CREATED, snapshot)
        : Reply.refusal(HttpURLConnection.HTTP_CONFLICT, "exists");
  }

  /** Of a selector by label KEY or KEY=VALUE. */
  private Object list(@Nullable String query) {
    var selector =
        Arrays.stream(Optional.ofNullable(query).orElse("").split("&"))
            .filter(part -> part.startsWith("labelSelector="))
            .map(part -> part.substring("labelSelector=".length()).split("=", 2))
            .findFirst();
    return Map.of(
        "apiVersion",
        "heapwarden.dev/v1alpha1",
        "kind",
        "MemorySnapshotList",
        "metadata",
        Map.of(),
        "items",
        snapshots.values().stream()
            .filter(
                snapshot ->
                    selector.isEmpty()
                        || matches(snapshot.getMetadata().getLabels(), selector.get()))
            .toList());
  }

  private static boolean matches(Map<String, String> labels, String... selector) {
    var value = labels.get(selector[0]);
    return value != null && (selector.length == 1 || value.equals(selector[1]));
  }

  private Object pod(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("shop")
        .withUid(uids.getOrDefault(name, "uid-of-" + name))
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(notReady.contains(name) ? "False" : "True")
        .endCondition()
        .endStatus()
        .build();
  }

  @Override
  public void close() {
    server.close();
  }
}
