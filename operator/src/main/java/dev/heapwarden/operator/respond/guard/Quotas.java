package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Ledger;
import java.time.Instant;
import java.util.Map;

/**
 * How much an installation lets be done, whatever its policies allow: many policies that each do
 * little must not do much together.
 */
public record Quotas(Quota namespace, Quota cluster) {
  /** As in the chart's values. */
  static final Quotas DEFAULTS = new Quotas(new Quota(20, 5, 5), new Quota(100, 20, 20));

  /**
   * What the environment says.
   *
   * @throws NumberFormatException when one is no number
   */
  public static Quotas from(Map<String, String> environment) {
    return new Quotas(
        quota(environment, "NAMESPACE", DEFAULTS.namespace()),
        quota(environment, "CLUSTER", DEFAULTS.cluster()));
  }

  private static Quota quota(Map<String, String> environment, String of, Quota defaults) {
    return new Quota(
        number(environment, of + "_ACTIONS_PER_HOUR", defaults.actionsPerHour()),
        number(environment, of + "_CONCURRENT_ACTIONS", defaults.concurrentActions()),
        number(environment, of + "_CONCURRENT_ISOLATIONS", defaults.concurrentIsolations()));
  }

  private static int number(Map<String, String> environment, String name, int otherwise) {
    return Integer.parseInt(environment.getOrDefault(name, Integer.toString(otherwise)));
  }

  /**
   * Whether there is room for one more.
   *
   * @param everywhere of all namespaces
   */
  public Ruling ruling(ActionKind kind, LeakIncident incident, Ledger everywhere, Instant now) {
    var name = incident.getMetadata().getNamespace();
    var ruling =
        namespace.ruling(kind, incident, "in namespace " + name, everywhere.inNamespace(name), now);
    return ruling instanceof Go
        ? cluster.ruling(kind, incident, "in the cluster", everywhere, now)
        : ruling;
  }
}
