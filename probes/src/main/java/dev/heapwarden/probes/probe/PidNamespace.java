package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a program reads the process id that the agent sees. bpftrace's own {@code pid} is right in
 * the kernel's first pid namespace only; on a node that is itself a container (k3s in Docker, kind,
 * k3d) it reads 0 at tracepoints and uprobes. There the id is read from the task: {@code struct
 * pid.numbers[level].nr} (include/linux/pid.h, Linux 5.15 to 6.18). A process outside the node has
 * none there, or that of a namespace beside the agent's, as on a machine with two such nodes: it is
 * 0 then.
 *
 * @param level how deep the agent's pid namespace is nested; 0 is the kernel's first
 * @param inode that tells namespaces apart
 */
record PidNamespace(int level, long inode) {
  private static final Logger LOG = LoggerFactory.getLogger(PidNamespace.class);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int TRIES = 3;
  private static final Pattern PID = Pattern.compile("\\bpid\\b");

  /** PROC_PID_INIT_INO of include/linux/proc_ns.h. */
  private static final long FIRST_INODE = 0xEFFFFFFCL;

  /** Where a process finds its own. */
  private static final Path OWN = Path.of("/proc/self/ns/pid");

  private static final String ASK =
      "BEGIN { printf(\"level %d\\n\", curtask->nsproxy->pid_ns_for_children->level); exit(); }";

  static final PidNamespace FIRST = new PidNamespace(0, FIRST_INODE);

  /** The agent's; empty where it is nested and the kernel does not say how deep. */
  static Optional<PidNamespace> ofAgent(Bpftrace bpftrace) throws IOException {
    long inode = inode(Files.readSymbolicLink(OWN).toString());
    if (inode == FIRST_INODE) {
      return Optional.of(FIRST);
    }
    for (int tries = 0; tries < TRIES; tries++) {
      int level = ask(bpftrace);
      if (level >= 0) {
        LOG.info("pid namespace level={}", level);
        return Optional.of(new PidNamespace(level, inode));
      }
    }
    return Optional.empty();
  }

  /** Of a link such as pid:[4026531836]; see namespaces(7). */
  private static long inode(String link) {
    return Long.parseLong(link.substring(link.indexOf('[') + 1, link.indexOf(']')));
  }

  /** Returns -1 when the program gave no answer. */
  private static int ask(Bpftrace bpftrace) throws IOException {
    var level = new AtomicInteger(-1);
    var child =
        bpftrace.startAsIs(
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
    var task = "curtask->group_leader->thread_pid->";
    var number = task + "numbers[%d]".formatted(level);
    return PID.matcher(text)
        .replaceAll(
            Matcher.quoteReplacement(
                "(%slevel >= %d && %s.ns->ns.inum == %d ? (uint64)%s.nr : 0)"
                    .formatted(task, level, number, inode, number)));
  }
}
