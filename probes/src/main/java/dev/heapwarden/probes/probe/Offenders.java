package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds, by halves, the executables that keep a program from attaching. */
final class Offenders {
  private final Bpftrace bpftrace;
  private final Duration deadline;

  Offenders(Bpftrace bpftrace, Duration deadline) {
    this.bpftrace = bpftrace;
    this.deadline = deadline;
  }

  /** Path and bpftrace's message for each executable that does not attach alone. */
  Map<Path, String> among(List<NodePlan.GoExecutable> executables)
      throws IOException, InterruptedException {
    var probed = new ArrayList<NodeProgram.Probed>();
    for (var executable : executables) {
      probed.add(new NodeProgram.Probed(bpftrace.link(executable.path()), executable));
    }
    var trial =
        new NodeRun(
            bpftrace,
            new NodePlan(Set.of(), Map.of()),
            probed,
            false,
            null,
            event -> {},
            new ProbeCounters());
    try {
      if (trial.awaitAttached(deadline)) {
        return Map.of();
      }
    } finally {
      trial.stop();
    }
    if (executables.size() == 1) {
      return Map.of(executables.getFirst().path(), trial.complaint());
    }
    int half = executables.size() / 2;
    var found = new HashMap<>(among(executables.subList(0, half)));
    found.putAll(among(executables.subList(half, executables.size())));
    return found;
  }
}
