package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The agent and its bpftrace, what they watch, and the operators, as the node sees them. */
final class AgentProcesses {
  private AgentProcesses() {}

  static Set<ProcessHandle> bpftrace() {
    return inPods().filter(process -> runs(process, "/bpftrace")).collect(Collectors.toSet());
  }

  static List<ProcessHandle> agent() {
    return inPods()
        .filter(process -> runs(process, "/java"))
        .filter(process -> has(process, "dev.heapwarden.probes.AgentMain"))
        .toList();
  }

  /** The operator in a pod. */
  static ProcessHandle operator(String podUid) {
    var running =
        inPods()
            .filter(process -> has(process, "dev.heapwarden.operator.OperatorMain"))
            .filter(process -> isOf(process, podUid))
            .toList();
    assertThat(running).as("operator of pod " + podUid).hasSize(1);
    return running.getFirst();
  }

  /** The JVM of a pod that has one. */
  static ProcessHandle javaOf(String podUid) {
    var running =
        inPods()
            .filter(process -> runs(process, "/java"))
            .filter(process -> isOf(process, podUid))
            .toList();
    assertThat(running).as("JVM of pod " + podUid).hasSize(1);
    return running.getFirst();
  }

  private static boolean isOf(ProcessHandle process, String podUid) {
    return cgroup(process).replace('_', '-').contains(podUid);
  }

  /** The one process of the pods that runs a program. */
  static ProcessHandle of(String program) {
    var running = inPods().filter(process -> runs(process, program)).toList();
    assertThat(running).as(program).hasSize(1);
    return running.getFirst();
  }

  static boolean has(ProcessHandle process, String argument) {
    return process
        .info()
        .arguments()
        .map(arguments -> List.of(arguments).contains(argument))
        .orElse(false);
  }

  /** Resident memory of the node's bpftrace in mebibytes; 0 where there is not exactly one. */
  static long bpftraceMebibytes() {
    var running = bpftrace();
    return running.size() == 1 ? mebibytes(running.iterator().next()) : 0;
  }

  /** VmRSS of /proc/PID/status, proc(5). */
  private static long mebibytes(ProcessHandle process) {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElse(0);
    } catch (IOException ended) {
      throw new UncheckedIOException(ended);
    }
  }

  private static boolean runs(ProcessHandle process, String program) {
    return process.info().command().map(command -> command.endsWith(program)).orElse(false);
  }

  /** What runs beside the cluster is none of its business. */
  private static Stream<ProcessHandle> inPods() {
    return ProcessHandle.allProcesses().filter(process -> cgroup(process).contains("/kubepods"));
  }

  /** Empty where it ended meanwhile. */
  private static String cgroup(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cgroup"));
    } catch (IOException e) {
      return "";
    }
  }
}
