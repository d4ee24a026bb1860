package dev.heapwarden.operator;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import dev.heapwarden.operator.uninstall.ClusterIncidents;
import dev.heapwarden.operator.uninstall.RunningOperator;
import dev.heapwarden.operator.uninstall.UndoAll;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs while the operator does, before the chart is deleted. The chart has made the marker by which
 * the operator begins nothing new.
 */
final class UninstallMain {
  private static final Logger LOG = LoggerFactory.getLogger(UninstallMain.class);

  /** Two pods end within their grace period of 30 s. */
  private static final Duration ENDING = Duration.ofSeconds(45);

  private UninstallMain() {}

  /**
   * Has everything undone and ends the operator.
   *
   * @return the exit code: 0, or 1 when something still holds, which is logged
   */
  static int run(Map<String, String> environment) throws InterruptedException {
    var namespace = environment.getOrDefault("POD_NAMESPACE", "heapwarden-system");
    var watched = WatchedNamespaces.parse(environment.getOrDefault("WATCH_NAMESPACES", ""));
    var timeout = Durations.parse(environment.getOrDefault("UNINSTALL_TIMEOUT", "4m"));
    var clock = InstantSource.system();
    UndoAll.Pause pause = () -> Thread.sleep(Duration.ofSeconds(1));
    try (var client = new KubernetesClientBuilder().build()) {
      var outcome =
          new UndoAll(new ClusterIncidents(client, watched), clock, pause).within(timeout);
      outcome.remains().forEach(step -> LOG.warn("remains as it is {}", step));
      if (!outcome.holding().isEmpty()) {
        outcome.holding().forEach(what -> LOG.error("not undone {}", what));
        LOG.error("Heapwarden is not uninstalled: {} hold it", outcome.holding().size());
        return 1;
      }
      new RunningOperator(client, namespace, OperatorMain.NAME).end(ENDING, clock, pause);
      LOG.info("undone, and the operator has ended remaining={}", outcome.remains().size());
      return 0;
    }
  }
}
