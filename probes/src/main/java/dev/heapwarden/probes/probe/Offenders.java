package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.go.ExecutableId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds, by halves and within a time, the executables that keep a program from attaching. When the
 * time is over the smallest groups that do not attach are given up as they are, for a while: the
 * rest of the node is not to wait for them.
 */
final class Offenders {
  private final Bpftrace bpftrace;
  private final Duration deadline;
  private final Duration limit;

  /**
   * Why an executable is not attached to.
   *
   * @param alone whether it was tried by itself; else it may as well be another one of its group
   */
  record Found(boolean alone, String reason) {}

  private record Group(List<Map.Entry<ExecutableId, ProbedFile>> executables, String complaint) {}

  /**
   * @param deadline for one try to attach
   * @param limit after which no further group is halved
   */
  Offenders(Bpftrace bpftrace, Duration deadline, Duration limit) {
    this.bpftrace = bpftrace;
    this.deadline = deadline;
    this.limit = limit;
  }

  /** Path and bpftrace's message for each executable that does not attach. */
  Map<Path, Found> among(List<Map.Entry<ExecutableId, ProbedFile>> executables)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    var failing = new ArrayDeque<Group>();
    failingOf(executables).ifPresent(failing::push);
    var found = new HashMap<Path, Found>();
    while (!failing.isEmpty()) {
      var group = failing.pop();
      int size = group.executables().size();
      if (size == 1 || System.nanoTime() - end > 0) {
        group
            .executables()
            .forEach(entry -> found.put(entry.getValue().path(), found(size, group)));
        continue;
      }
      failingOf(group.executables().subList(0, size / 2)).ifPresent(failing::push);
      failingOf(group.executables().subList(size / 2, size)).ifPresent(failing::push);
    }
    return found;
  }

  private static Found found(int size, Group group) {
    return size == 1
        ? new Found(true, group.complaint())
        : new Found(
            false,
            "one of %d executables does not attach, and there was no time to find out which; they are tried again in %d minutes: %s"
                .formatted(size, Refusals.RETRY.toMinutes(), group.complaint()));
  }

  private Optional<Group> failingOf(List<Map.Entry<ExecutableId, ProbedFile>> executables)
      throws IOException, InterruptedException {
    var probed =
        NodeProgram.probed(
            executables.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
            bpftrace);
    var trial =
        new NodeRun(bpftrace, NodePlan.nothing(), probed, null, event -> {}, new ProbeCounters());
    try {
      return trial.awaitAttached(deadline)
          ? Optional.empty()
          : Optional.of(new Group(executables, trial.complaint()));
    } finally {
      trial.stop();
    }
  }
}
