package dev.heapwarden.e2e.respond;

import dev.heapwarden.e2e.cluster.Cluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.security.GeneralSecurityException;

/** Leaks one after the other, until the operator was killed as often as wished. */
public final class Chaos {
  private Chaos() {}

  /**
   * On a cluster of its own, or on the one that HEAPWARDEN_KUBECONFIG names. Exits with 1 when
   * something happened that must not.
   *
   * @param arguments how often the operator is killed
   */
  public static void main(String[] arguments) throws Exception {
    Tally tally;
    try (var cluster = Cluster.start();
        var _ = StoppedOperator.in(cluster.client())) {
      tally = run(cluster.client(), Integer.parseInt(arguments[0]));
    }
    System.exit(tally.equals(Tally.NOTHING) ? 0 : 1);
  }

  private static Tally run(KubernetesClient client, int kills)
      throws IOException, GeneralSecurityException, InterruptedException {
    var tally = Tally.NOTHING;
    try (var killings = new Killings(kills);
        var faulty = new FaultyApiServer(client.getConfiguration(), killings)) {
      for (int leaks = 1; !killings.isDone(); leaks++) {
        var shop = Shop.open(client, "chaos-" + leaks, "Deployment", "");
        try {
          tally = tally.plus(new ChaoticLeak(shop, faulty, killings).unfold());
        } finally {
          shop.close();
        }
        System.err.printf(
            "leak %d: %d of %d kills, %s%n", leaks, killings.killed(), kills, tally.text());
      }
      System.out.printf(
          "chaos: kills=%d faults=%d %s%n", killings.killed(), faulty.faults(), tally.text());
    }
    return tally;
  }
}
