package dev.heapwarden.probes.gclog;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.jvm.Held;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Where the kubelet has the logs of containers kept: {@code NAMESPACE_POD_UID/CONTAINER/N.log},
 * with N counting its restarts; what it has rotated has a time behind (Kubernetes 1.35,
 * pkg/kubelet/kuberuntime/helpers.go, BuildPodLogsDirectory and buildContainerLogsPath).
 *
 * @param root /var/log/pods of the node
 */
public record PodLogs(Path root) {
  private static final Pattern NAME = Pattern.compile("[0-9]{1,9}\\.log");

  /** Rotated logs are five unless the kubelet is told otherwise. */
  private static final int FILES = 1_000;

  /**
   * Holds the newest of a container's logs, which is that of its life that runs now.
   *
   * @throws IOException when there is none; a symbolic link is none
   */
  Held newest(ContainerKey container) throws IOException {
    return find(container, 0).orElseThrow(() -> new IOException("its container has no log yet"));
  }

  /**
   * Holds the log of the life before the one that runs now.
   *
   * @return empty where the kubelet keeps none
   * @throws IOException when the container has no logs; a symbolic link is none
   */
  public Optional<Held> previous(ContainerKey container) throws IOException {
    return find(container, 1);
  }

  /**
   * @param before how many lives ago
   */
  private Optional<Held> find(ContainerKey container, int before) throws IOException {
    var name = "%s_%s_%s".formatted(container.namespace(), container.pod(), container.podUid());
    try (var directory = Held.below(root, Path.of(name, container.container()))) {
      var file = find(directory, before);
      return file.isEmpty()
          ? Optional.empty()
          : Optional.of(Held.file(directory.path().resolve(file.get())));
    }
  }

  private static Optional<String> find(Held directory, int before) throws IOException {
    try (var files = Files.newDirectoryStream(directory.path())) {
      return StreamSupport.stream(files.spliterator(), false)
          .limit(FILES)
          .map(file -> file.getFileName().toString())
          .filter(NAME.asMatchPredicate())
          .sorted(Comparator.comparingInt(PodLogs::restarts).reversed())
          .skip(before)
          .findFirst();
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
  }

  private static int restarts(String name) {
    return Integer.parseInt(name.substring(0, name.indexOf('.')));
  }
}
