package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.watch.WatchedNamespaces;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What of an agent takes and stores snapshots, in a process of its own that can be killed. */
final class SnapshotAgent {
  static final String NODE = "node-1";

  private SnapshotAgent() {}

  /**
   * Starts one.
   *
   * @param api where the API server answers
   * @param pid of the program that snapshots are of
   */
  static Process start(String api, Path directory, long pid, Map<String, String> environment)
      throws IOException {
    var agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SnapshotAgent.class.getName(),
                api,
                directory.toString(),
                Long.toString(pid))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT);
    agent.environment().putAll(environment);
    return agent.start();
  }

  static ArtifactStore store(Path directory) {
    return new ArtifactStore(directory.resolve("store"), 1 << 24);
  }

  /** Works until it is killed. */
  public static void main(String[] arguments) throws IOException {
    var directory = Path.of(arguments[1]);
    var target = JvmOrder.of(Long.parseLong(arguments[2])).target();
    var client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(Config.empty()).withMasterUrl(arguments[0]).build())
            .build();
    var _ =
        new SnapshotOrders(
            client,
            WatchedNamespaces.parse(""),
            NODE,
            () -> List.of(target),
            (_, _) -> true,
            TestCollector.storingIn(directory),
            store(directory),
            Optional.empty(),
            new SnapshotMeasures(new SimpleMeterRegistry()),
            InstantSource.system());
  }
}
