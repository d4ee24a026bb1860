package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.go.ExecutableId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds, by halves, the executables that keep a program from attaching. */
final class Offenders {
  private final Bpftrace bpftrace;
  private final Duration deadline;

  Offenders(Bpftrace bpftrace, Duration deadline) {
    this.bpftrace = bpftrace;
    this.deadline = deadline;
  }

  /** Path and bpftrace's message for each executable that does not attach alone. */
  Map<Path, String> among(List<Map.Entry<ExecutableId, NodePlan.GoExecutable>> executables)
      throws IOException, InterruptedException {
    var probed =
        NodeProgram.probed(
            executables.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
            bpftrace);
    var trial =
        new NodeRun(
            bpftrace, NodePlan.nothing(), probed, false, null, event -> {}, new ProbeCounters());
    try {
      if (trial.awaitAttached(deadline)) {
        return Map.of();
      }
    } finally {
      trial.stop();
    }
    if (executables.size() == 1) {
      return Map.of(executables.getFirst().getValue().path(), trial.complaint());
    }
    int half = executables.size() / 2;
    var found = new HashMap<>(among(executables.subList(0, half)));
    found.putAll(among(executables.subList(half, executables.size())));
    return found;
  }
}
