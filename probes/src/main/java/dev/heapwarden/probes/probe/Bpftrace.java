package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts bpftrace on programs that the agent wrote. */
public final class Bpftrace {
  /**
   * A probe by its offset in a file without symbols: bpftrace cannot tell that an instruction
   * begins there, and takes it with --unsafe only. Our offsets are those of functions.
   */
  private static final Pattern BY_OFFSET = Pattern.compile("^uprobe:[^ ]*:0x", Pattern.MULTILINE);

  private static final Logger LOG = LoggerFactory.getLogger(Bpftrace.class);
  private static final Duration VERSION_DEADLINE = Duration.ofSeconds(20);

  private final List<String> command;
  private final Path scratch;
  private final AtomicLong serial = new AtomicLong();
  private volatile Optional<PidNamespace> namespace = Optional.of(PidNamespace.FIRST);

  /** Why no program is run. */
  private volatile Optional<String> refusal = Optional.empty();

  /**
   * @param command what runs bpftrace, such as {@code bpftrace}
   * @param scratch a directory of the agent's own, with a short path: the kernel's tracefs refuses
   *     uprobe paths of more than about 40 characters
   */
  public Bpftrace(List<String> command, Path scratch) {
    this.command = List.copyOf(command);
    this.scratch = scratch;
  }

  /**
   * Starts a program in a child that dies with the agent.
   *
   * @param process limits uprobes to one process; 0 for all
   * @param links made by {@link #link} for this program, removed when it ended
   * @param deadline after which it is stopped; null for a child that is to run on
   * @param lines called on one thread, in order
   * @throws IOException when it cannot be, when {@link #orient} found a release that is not known,
   *     or while it is not known how programs must read process ids here
   */
  public ChildProcess start(
      String program,
      long process,
      List<Path> links,
      @Nullable Duration deadline,
      Consumer<BpftraceLine> lines)
      throws IOException {
    if (refusal.isPresent()) {
      throw new IOException(refusal.get());
    }
    if (namespace.isEmpty()) {
      orient();
    }
    var own =
        namespace.orElseThrow(
            () ->
                new IOException(
                    "this node is itself a container, and its kernel does not tell how deep its pid"
                        + " namespace is nested: events could not be told apart by process"));
    return startAsIs(own.translate(program), process, links, deadline, lines);
  }

  /** The same for a program that reads no process id. */
  ChildProcess startAsIs(
      String program,
      long process,
      List<Path> links,
      @Nullable Duration deadline,
      Consumer<BpftraceLine> lines)
      throws IOException {
    Files.createDirectories(scratch);
    var name = "p" + serial.incrementAndGet();
    var file =
        Files.createTempFile(
            scratch,
            name,
            ".bt",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, program);
    var arguments = new ArrayList<>(command);
    arguments.addAll(List.of("-f", "json", "-B", "line"));
    if (BY_OFFSET.matcher(program).find()) {
      arguments.add("--unsafe");
    }
    if (process > 0) {
      arguments.addAll(List.of("-p", Long.toString(process)));
    }
    arguments.add(file.toString());
    var leftovers = new ArrayList<>(links);
    leftovers.add(file);
    var child =
        new ChildProcess(
            name, arguments, line -> BpftraceLine.parse(line).ifPresent(lines), leftovers);
    child.start(deadline);
    return child;
  }

  /**
   * Finds out whether programs are understood, and how they must read process ids here; before the
   * first of them.
   */
  public void orient() throws IOException {
    refusal = BpftraceVersion.refusal(version());
    if (refusal.isPresent()) {
      LOG.error("bpftrace is not run reason={}", refusal.get());
      return;
    }
    namespace = PidNamespace.ofAgent(this);
  }

  /** What it says, or why it says nothing. */
  private String version() {
    var said = new ConcurrentLinkedQueue<String>();
    var arguments = new ArrayList<>(command);
    arguments.add("--version");
    var child = new ChildProcess("version", arguments, said::add, List.of());
    child.start(VERSION_DEADLINE);
    child.ended().join();
    return said.isEmpty() ? child.complaint() : said.element();
  }

  /** A short path to an executable: the link's name is a number. */
  public Path link(Path executable) throws IOException {
    Files.createDirectories(scratch);
    var link = scratch.resolve(Long.toString(serial.incrementAndGet()));
    Files.deleteIfExists(link);
    return Files.createSymbolicLink(link, executable);
  }

  /** Removes what an agent that was killed left behind. */
  public void clean() throws IOException {
    if (Files.isDirectory(scratch)) {
      try (var left = Files.list(scratch)) {
        for (var file : left.toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
