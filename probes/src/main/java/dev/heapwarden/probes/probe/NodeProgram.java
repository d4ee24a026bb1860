package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The text of the node's program. What it prints is read by {@link NodeEvents}.
 *
 * <p>Every hit is counted per process, and of processes that nobody watches per executable, which
 * trap as well. A count in a map of the kernel is part of the 1 us that a hit takes, while telling
 * it would take 3.5 us more. So what the probes take is known to the hit, and told once a slot.
 *
 * <p>Page faults are taken from the raw tracepoint: through perf's, which copies the arguments that
 * nobody reads, a fault cost the program 1.5 us more, through this 0.4 us (Linux 6.18, nested
 * virtual machine; the fault itself 2.5 us).
 */
final class NodeProgram {
  /**
   * Page faults are counted in slots of this length, and a cut-over between two programs falls on
   * the end of one.
   */
  static final long SLOT_NANOS = 5_000_000_000L;

  /** Keys of one map in the kernel, processes as a rule; bpftrace takes 4,096 unless told. */
  static final int MAP_KEYS = 16_384;

  /** Stands for the executable of a watched process that has no uprobe of its own. */
  private static final int NO_UPROBE = -1;

  private NodeProgram() {}

  /**
   * A file to put uprobes on. On overlay file systems one file may appear as several, and a probe
   * on any of them traps the processes of all: so a process counts at the probe of its own
   * executable only.
   *
   * @param number of this executable in the program, at least 1
   * @param link a short path, made by the agent
   */
  record Probed(int number, ExecutableId id, Path link, ProbedFile executable) {}

  /** Numbers executables and gives each a short path. */
  static List<Probed> probed(Map<ExecutableId, ProbedFile> executables, Bpftrace bpftrace)
      throws IOException {
    var probed = new ArrayList<Probed>();
    for (var entry : executables.entrySet()) {
      probed.add(
          new Probed(
              1 + probed.size(),
              entry.getKey(),
              bpftrace.link(entry.getValue().path()),
              entry.getValue()));
    }
    return probed;
  }

  /** How many probes bpftrace must announce for this program. */
  static int probes(List<Probed> executables, boolean pageFaults) {
    int uprobes = executables.stream().map(Probed::executable).mapToInt(ProbedFile::probes).sum();
    return 2 + uprobes + (pageFaults ? 1 : 0);
  }

  static String text(NodePlan plan, List<Probed> executables) {
    var numbers = executables.stream().collect(Collectors.toMap(Probed::id, Probed::number));
    boolean pageFaults = !plan.faulting().isEmpty();
    var text = new StringBuilder();
    // What is read must be written somewhere, so pid 0 stands for a node without processes.
    text.append(
        """
        config = { max_map_keys = %d }
        BEGIN {
          @untold = count(); clear(@untold);
          @t[0] = 0; @p[0] = 0;
        """
            .formatted(MAP_KEYS));
    plan.processes().stream()
        .sorted(Comparator.comparingLong(TargetProcess.Identity::pid))
        .forEach(
            process ->
                text.append(
                    "  @t[%d] = %d; @p[%d] = %d;\n"
                        .formatted(
                            process.pid(),
                            numbers.getOrDefault(plan.probedIn(process), NO_UPROBE),
                            process.pid(),
                            plan.countsFaultsOf(process) ? 1 : 0)));
    text.append(
        """
          @slot = (uint64)nsecs / %d;
          printf("start %%lu\\n", nsecs);
        }
        """
            .formatted(SLOT_NANOS));
    for (var probed : executables) {
      switch (probed.executable()) {
        case GoExecutable go ->
            text.append(new GoUprobes(probed.link(), probed.number(), go).text());
        case JvmLibrary jvm -> text.append(jvm.text(probed.link(), probed.number()));
      }
    }
    if (pageFaults) {
      text.append(
          """
          rawtracepoint:page_fault_user /@p[pid]/ {
            if (((uint64)nsecs / %d) %% 2) { @f1[pid] = count(); } else { @f0[pid] = count(); }
          }
          """
              .formatted(SLOT_NANOS));
    }
    // The map of a slot is printed after the slot ended: nobody writes to it then. Hits are sums of
    // the program's whole life: a few that come while they are printed are in the next ones.
    var printFaults = "if (@slot % 2) { print(@f1); clear(@f1); } else { print(@f0); clear(@f0); }";
    text.append(
        """
        interval:ms:250 {
          $now = (uint64)nsecs / %d;
          if (@slot != $now) {
            %s
            %s
            print(@untold); clear(@untold);
            printf("slot %%lu\\n", @slot);
            @slot = $now;
          }
        }
        """
            .formatted(
                SLOT_NANOS,
                pageFaults ? printFaults : "",
                printHits(executables.stream().map(Probed::executable).toList())));
    return text.toString();
  }

  /** Only maps that some probe writes exist. */
  private static String printHits(List<ProbedFile> files) {
    return files.stream()
        .flatMap(file -> file.hits().stream())
        .distinct()
        .sorted()
        .map(map -> "print(%s); print(%sother); ".formatted(map, map))
        .collect(Collectors.joining());
  }
}
