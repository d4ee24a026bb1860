package dev.heapwarden.e2e.respond;

import dev.heapwarden.e2e.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Leaks, several at once, until their operators were killed as often as wished. */
public final class Chaos {
  /** An operator mostly waits: for a fault to pass, for pods. */
  private static final int LEAKS_AT_ONCE = 4;

  private static final Duration BETWEEN_DEATHS_OF_ETCD = Duration.ofSeconds(45);

  private final Cluster cluster;
  private final Audit audit;
  private final OperatorProcess operator;
  private final Kills kills;
  private final AtomicInteger leaks = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private final AtomicInteger leaders = new AtomicInteger();
  private final AtomicInteger etcd = new AtomicInteger();
  private Tally tally = Tally.NOTHING;

  private Chaos(Cluster cluster, Audit audit, OperatorProcess operator, Kills kills) {
    this.cluster = cluster;
    this.audit = audit;
    this.operator = operator;
    this.kills = kills;
  }

  /**
   * On a cluster of its own, whose etcd is killed too. Exits with 1 when something happened that
   * must not.
   *
   * @param arguments how often operators are killed; an empty directory
   */
  public static void main(String[] arguments) throws Exception {
    var tally = unleash(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
    System.exit(tally.equals(Tally.NOTHING) ? 0 : 1);
  }

  /**
   * On a cluster of its own.
   *
   * @param kills how often operators are killed
   * @param directory an empty one
   */
  static Tally unleash(int kills, Path directory) throws Exception {
    var audit = Audit.in(directory);
    var operator = OperatorProcess.trained(directory);
    try (var cluster = Cluster.startAudited(audit.directory());
        var _ = StoppedOperator.in(cluster.client())) {
      return new Chaos(cluster, audit, operator, new Kills(kills)).run();
    }
  }

  private Tally run() throws InterruptedException, ExecutionException {
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
      var lanes = new ArrayList<Future<?>>();
      for (int i = 0; i < LEAKS_AT_ONCE; i++) {
        lanes.add(
            threads.submit(
                () -> {
                  while (!kills.done()) {
                    leak(leaks.incrementAndGet());
                  }
                  return null;
                }));
      }
      var deaths = threads.submit(this::killEtcd);
      try {
        for (var lane : lanes) {
          lane.get();
        }
      } finally {
        deaths.cancel(true);
      }
    }
    System.out.printf(
        "chaos: kills=%d faults=%d two-leaders=%d etcd-killed=%d %s%n",
        kills.killed(), faults.get(), leaders.get(), etcd.get(), tally.text());
    return tally;
  }

  private void leak(int number) throws IOException, GeneralSecurityException, InterruptedException {
    var shop = Shop.open(cluster.client(), "chaos-" + number, "Deployment", "");
    try (var killings = new Killings(operator, kills, number);
        var faulty = new FaultyApiServer(cluster.client().getConfiguration(), killings)) {
      var told = new ChaoticLeak(shop, faulty, killings, audit).unfold();
      faults.addAndGet(faulty.faults());
      leaders.addAndGet(killings.pauses());
      add(told);
      System.err.printf(
          "leak %d: killed %d times; %d of %d kills, %s%n",
          number, killings.killed(), kills.killed(), kills.wanted(), told.text());
    } finally {
      shop.close();
    }
  }

  private synchronized void add(Tally one) {
    tally = tally.plus(one);
  }

  private void killEtcd() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_DEATHS_OF_ETCD);
        cluster.killEtcd();
        etcd.incrementAndGet();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
