package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a program reads the process id that the agent sees. bpftrace's own {@code pid} is right in
 * the kernel's first pid namespace only; on a node that is itself a container (k3s in Docker, kind,
 * k3d) it reads 0 at tracepoints and uprobes. There the id is read from the task: {@code struct
 * pid.numbers[level].nr} (include/linux/pid.h, Linux 5.15 to 6.18).
 *
 * @param level how deep the agent's pid namespace is nested; 0 is the kernel's first
 */
record PidNamespace(int level) {
  private static final Logger LOG = LoggerFactory.getLogger(PidNamespace.class);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int TRIES = 3;
  private static final Pattern PID = Pattern.compile("\\bpid\\b");
  private static final String ASK =
      "BEGIN { printf(\"level %d\\n\", curtask->nsproxy->pid_ns_for_children->level); exit(); }";

  static final PidNamespace FIRST = new PidNamespace(0);

  /**
   * Asks the kernel, by a program of its own. Where that cannot be run no other can, and its
   * refusal says why.
   */
  static PidNamespace ofAgent(Bpftrace bpftrace) throws IOException {
    for (int tries = 0; tries < TRIES; tries++) {
      int level = ask(bpftrace);
      if (level >= 0) {
        LOG.info("pid namespace level={}", level);
        return new PidNamespace(level);
      }
    }
    LOG.warn("pid namespace unknown, taken for the kernel's first");
    return FIRST;
  }

  /** Returns -1 when the program gave no answer. */
  private static int ask(Bpftrace bpftrace) throws IOException {
    var level = new AtomicInteger(-1);
    var child =
        bpftrace.start(
            ASK,
            0,
            List.of(),
            DEADLINE,
            line -> {
              if (line instanceof BpftraceLine.Text text && text.text().startsWith("level ")) {
                level.set(Integer.parseInt(text.text().substring("level ".length()).strip()));
              }
            });
    child.ended().join();
    return level.get();
  }

  /**
   * The program with its {@code pid} read where it is right; paths of executables stay as they are.
   */
  String translate(String program) {
    return level == 0
        ? program
        : program
            .lines()
            .map(
                line ->
                    line.startsWith("uprobe:") || line.startsWith("uretprobe:")
                        ? translatePredicate(line)
                        : translateLine(line))
            .collect(Collectors.joining("\n", "", "\n"));
  }

  /**
   * A uprobe's line may end with its predicate, after a space: neither path nor function has one.
   */
  private String translatePredicate(String line) {
    int space = line.indexOf(' ');
    return space < 0 ? line : line.substring(0, space) + translateLine(line.substring(space));
  }

  private String translateLine(String text) {
    return PID.matcher(text)
        .replaceAll("(uint64)curtask->group_leader->thread_pid->numbers[%d].nr".formatted(level));
  }
}
