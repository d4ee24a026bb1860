package dev.heapwarden.e2e.respond;

import dev.heapwarden.e2e.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

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
  private final AtomicInteger clocksSet = new AtomicInteger();
  private final AtomicInteger conflictingWrites = new AtomicInteger();
  private Tally tally = Tally.NOTHING;

  private Chaos(Cluster cluster, Audit audit, OperatorProcess operator, Kills kills) {
    this.cluster = cluster;
    this.audit = audit;
    this.operator = operator;
    this.kills = kills;
  }

  /**
   * What came of it.
   *
   * @param missed boundaries of steps at which no operator was killed
   */
  record Outcome(Tally tally, Set<Boundary> missed) {}

  /**
   * On a cluster of its own, whose etcd is killed too. Exits with 1 when something happened that
   * must not.
   *
   * @param arguments how often operators are killed; an empty directory
   */
  public static void main(String[] arguments) throws Exception {
    var outcome = unleash(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
    System.exit(outcome.tally().equals(Tally.NOTHING) ? 0 : 1);
  }

  /**
   * On a cluster of its own.
   *
   * @param kills how often operators are killed
   * @param directory an empty one
   */
  static Outcome unleash(int kills, Path directory) throws Exception {
    var audit = Audit.in(directory);
    var operator = OperatorProcess.trained(directory);
    try (var cluster = Cluster.startAudited(audit.directory());
        var _ = StoppedOperator.in(cluster.client())) {
      return new Chaos(cluster, audit, operator, new Kills(kills)).run();
    }
  }

  private Outcome run() throws InterruptedException, ExecutionException {
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
    return told();
  }

  private Outcome told() {
    var boundaries =
        Course.ALL.stream()
            .flatMap(course -> course.boundaries().stream())
            .collect(Collectors.toSet());
    int all = boundaries.size();
    boundaries.removeAll(kills.struck());
    System.out.printf(
        "boundaries=%d/%d two-leaders=%d etcd-killed=%d clocks-set=%d conflicting-writes=%d%n",
        all - boundaries.size(),
        all,
        leaders.get(),
        etcd.get(),
        clocksSet.get(),
        conflictingWrites.get());
    System.out.printf("chaos: kills=%d faults=%d %s%n", kills.killed(), faults.get(), tally.text());
    return new Outcome(tally, boundaries);
  }

  private void leak(int number) throws IOException, GeneralSecurityException, InterruptedException {
    var shop = Shop.open(cluster.client(), "chaos-" + number, "Deployment", "");
    try (var killings = new Killings(operator, kills, number);
        var faulty = new FaultyApiServer(cluster.client().getConfiguration(), killings);
        var others = new OtherWriter(shop)) {
      var course = Course.of(number);
      var told = new ChaoticLeak(course, shop, faulty, killings, audit).unfold();
      faults.addAndGet(faulty.faults());
      leaders.addAndGet(killings.pauses());
      clocksSet.addAndGet(killings.clocksSet());
      conflictingWrites.addAndGet(others.writes());
      add(told);
      System.err.printf(
          "leak %d, %s: killed %d times; %d of %d kills, %s%n",
          number, course.name(), killings.killed(), kills.killed(), kills.wanted(), told.text());
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
