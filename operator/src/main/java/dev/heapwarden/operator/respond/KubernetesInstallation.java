package dev.heapwarden.operator.respond;

import dev.heapwarden.operator.evaluate.Levels;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Quotas;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;

/**
 * The levels and limits that the chart was installed with, and whether it is being uninstalled:
 * then there is a ConfigMap beside the operator, and nothing new is begun.
 */
public final class KubernetesInstallation implements Installation {
  /** Made by the chart's pre-delete hook, and gone with it. */
  static final String UNINSTALLING = "heapwarden-uninstall";

  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final String namespace;
  private final Levels levels;
  private final Quotas quotas;

  /**
   * Reads the cluster.
   *
   * @param namespace of the operator itself
   */
  public KubernetesInstallation(
      KubernetesClient client, String namespace, Levels levels, Quotas quotas) {
    this.client = client;
    this.namespace = namespace;
    this.levels = levels;
    this.quotas = quotas;
  }

  @Override
  public Ruling ruling(ActionKind kind) {
    if (!levels.include(kind.level())) {
      return new Ruling.Never(
          "LevelNotInstalled: level %d, Heapwarden is installed with levels %s"
              .formatted(kind.level(), levels));
    }
    var marker = client.configMaps().inNamespace(namespace).withName(UNINSTALLING).get();
    return marker == null
        ? new Ruling.Go()
        : new Ruling.Hold(
            Ruling.Cause.MODE,
            "Uninstalling: Heapwarden is being uninstalled; nothing new is begun while the"
                + " ConfigMap"
                + " %s/%s exists".formatted(namespace, UNINSTALLING),
            PAUSE);
  }

  @Override
  public Quotas quotas() {
    return quotas;
  }
}
