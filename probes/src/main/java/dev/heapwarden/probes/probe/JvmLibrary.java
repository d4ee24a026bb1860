package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.jvm.JvmProbes;
import dev.heapwarden.probes.jvm.TracedCollections;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A libjvm whose static probes are used as uprobes: an instruction that does nothing the kernel
 * carries out by itself (arch/x86/kernel/uprobes.c, branch_setup_xol_ops). A collection takes about
 * ten hits, one for each pool of the JVM, of which two are told.
 *
 * <p>bpftrace's own usdt probes do not read all of their arguments: of eight the last two are in
 * registers that it does not know there.
 */
record JvmLibrary(Path path, JvmProbes probed) implements ProbedFile {
  static final String HITS = "@jvm";

  @Override
  public Set<Cause> leftOut() {
    return Set.of();
  }

  @Override
  public ProbedFile forBoth(ProbedFile other) {
    return this;
  }

  @Override
  public boolean isSpared() {
    return false;
  }

  @Override
  public int probes() {
    return probed.count();
  }

  @Override
  public Set<String> hits() {
    return Set.of(HITS);
  }

  @Override
  public long cost(Cause cause) {
    return HitCost.UPROBE;
  }

  /**
   * The clauses of the program. A JVM pauses on one thread, one pause after the other.
   *
   * @param number of this file in the program
   */
  String text(Path link, int number) {
    return clause(link, number, probed.begins(), "@since[pid] = nsecs; @pools[pid] = 0;")
        + clause(
            link,
            number,
            probed.ends(),
            """
            $since = @since[pid];
                if ($since > 0) {
                  @since[pid] = 0;
                  printf("pause %d %lu %lu %d\\n", pid, nsecs, nsecs - $since, @pools[pid]);
                }\
            """)
        + probed.pools().stream()
            .map(pool -> clause(link, number, List.of(pool.place()), told(pool)))
            .collect(Collectors.joining());
  }

  private static String told(JvmProbes.Pool pool) {
    return """
    @pools[pid] = 1;
        $pool = *(uint64*)reg("%s");
        if ($pool == 0x%x) {
          @metaspace[pid] = reg("%s");
        } else if (%s) {
          printf("pool %%d %%lu %%lx %%lx %%lu %%lu %%lu\\n", pid, nsecs, *(uint64*)reg("%s"), $pool, reg("%s"), reg("%s"), @metaspace[pid]);
        }\
    """
        .formatted(
            pool.pool(),
            TracedCollections.METASPACE,
            pool.used(),
            isTold(),
            pool.manager(),
            pool.used(),
            pool.most());
  }

  private static String isTold() {
    return TracedCollections.POOLS.keySet().stream()
        .sorted()
        .map(
            word ->
                TracedCollections.bits(word) == -1
                    ? "$pool == 0x%x".formatted(word)
                    : "($pool & 0x%x) == 0x%x".formatted(TracedCollections.bits(word), word))
        .collect(Collectors.joining(" || "));
  }

  private static String clause(Path link, int number, List<Long> places, String action) {
    return """
    %s {
      $of = @t[pid];
      if ($of == %d) {
        %s[pid]++;
        %s
      } else if ($of == 0) {
        %sother[%d]++;
      }
    }
    """
        .formatted(
            places.stream()
                .map(place -> "uprobe:%s:0x%x".formatted(link, place))
                .collect(Collectors.joining(",\n")),
            number,
            HITS,
            action,
            HITS,
            number);
  }
}
