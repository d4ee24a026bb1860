package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.gomemory.GoroutineGroup.Tally;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.LongBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The goroutines of a Go program from its memory, grouped by stack, by what they wait for, by who
 * created them and by how long they wait: labels state, created_by, waiting_minutes, which is
 * rounded down to a power of two, and fingerprint, the same for all that hang at one place. Those
 * of the runtime itself are left out, as Go does.
 */
public final class GoroutineProfile {
  /** Of more, every n-th is looked at and counts n times. */
  static final int LOOKED_AT = 200_000;

  /** Further stacks are reduced to the goroutine's own function. */
  private static final int GROUPS_LIMIT = 20_000;

  /** isSystemGoroutine in src/runtime/traceback.go (Go 1.21 to 1.27). */
  private static final Set<String> OF_THE_PROGRAM =
      Set.of("runtime.main", "runtime.corostart", "runtime.handleAsyncEvent");

  /** Code that waits on behalf of someone: what hangs is whoever called it. */
  private static final List<String> WAITS_FOR_ITS_CALLER =
      List.of(
          "runtime.",
          "internal/",
          "sync.",
          "time.",
          "syscall.",
          "reflect.",
          "context.",
          "net.",
          "os.",
          "io.",
          "bufio.");

  private static final Profile.ValueType COUNT = new Profile.ValueType("goroutine", "count");

  private final GoProcess process;
  private final ProgramText text;
  private final WaitReasons reasons;
  private final Stacks stacks;
  private final Map<Group, Tally> groups = new LinkedHashMap<>();
  private int stride = 1;

  /**
   * Told apart in the profile.
   *
   * @param creator the go statement; empty for the first goroutine, which the runtime starts
   */
  private record Group(String state, Optional<Frame> creator, long minutes, LongBuffer stack) {
    String createdBy() {
      return creator.map(Frame::function).orElse("");
    }
  }

  private GoroutineProfile(GoProcess process, ProgramText text) {
    this.process = process;
    this.text = text;
    reasons = new WaitReasons(process);
    stacks = new Stacks(process.memory(), text);
  }

  /**
   * Writes it as a compressed profile.proto.
   *
   * @return all of them, most first
   * @throws MemoryException when the memory cannot be read, or is not as it should be
   */
  public static List<GoroutineGroup> write(
      GoProcess process, ProgramText text, Instant now, OutputStream output) throws IOException {
    // Go's clock and this one are the same: CLOCK_MONOTONIC, src/runtime/sys_linux_amd64.s
    // (nanotime1) and os::javaTimeNanos in JDK 25's os_posix.cpp.
    return write(process, text, now, System.nanoTime(), output);
  }

  /**
   * The same at a given moment.
   *
   * @param nanos of the monotonic clock
   */
  static List<GoroutineGroup> write(
      GoProcess process, ProgramText text, Instant now, long nanos, OutputStream output)
      throws IOException {
    var goroutines = new GoroutineProfile(process, text);
    goroutines.read(nanos);
    goroutines.write(now, output);
    return goroutines.byFingerprint();
  }

  private void write(Instant now, OutputStream output) throws IOException {
    var profile = new Profile(text, Profile.Entries.FUNCTIONS, COUNT, 1, COUNT);
    for (var counted : groups.entrySet()) {
      var group = counted.getKey();
      var texts = new LinkedHashMap<String, String>();
      texts.put("state", group.state());
      if (group.creator().isPresent()) {
        texts.put("created_by", group.createdBy());
      }
      texts.put("fingerprint", fingerprint(group).id());
      profile.sample(
          group.stack().array(),
          texts,
          group.minutes() == 0 ? Map.of() : Map.of("waiting_minutes", group.minutes()),
          counted.getValue().goroutines());
    }
    if (stride > 1) {
      profile.comment("estimated: one goroutine of every %d was looked at".formatted(stride));
    }
    profile.write(now, output);
  }

  private List<GoroutineGroup> byFingerprint() throws IOException {
    var found = new LinkedHashMap<String, GoroutineGroup>();
    for (var counted : groups.entrySet()) {
      var group = counted.getKey();
      var fingerprint = fingerprint(group);
      found.merge(
          fingerprint.id(),
          new GoroutineGroup(
              fingerprint.id(),
              counted.getValue(),
              group.state(),
              group.creator(),
              waitsIn(group),
              fingerprint.functions()),
          GoroutineGroup::plus);
    }
    return found.values().stream()
        .sorted(Comparator.comparingLong(GoroutineGroup::goroutines).reversed())
        .toList();
  }

  /** Where everything is of such a library, its innermost call. */
  private Optional<Frame> waitsIn(Group group) throws IOException {
    Optional<Frame> innermost = Optional.empty();
    for (long address : group.stack().array()) {
      for (var frame : text.frames(address)) {
        if (WAITS_FOR_ITS_CALLER.stream().noneMatch(frame.function()::startsWith)) {
          return Optional.of(frame);
        }
        innermost = innermost.or(() -> Optional.of(frame));
      }
    }
    return innermost;
  }

  private Fingerprint fingerprint(Group group) throws IOException {
    var functions = new ArrayList<String>();
    for (long address : group.stack().array()) {
      if (functions.size() >= Fingerprint.DEPTH) {
        break;
      }
      text.frames(address).stream()
          .map(Frame::function)
          .filter(function -> !function.equals(Profile.END_OF_STACK))
          .forEach(functions::add);
    }
    return new Fingerprint(group.state(), group.createdBy(), functions);
  }

  private void read(long now) throws IOException {
    var all = GoroutineList.read(process);
    // The list never shrinks: most of a long one may be dead.
    var living = all.length <= LOOKED_AT ? all : GoroutineList.living(process, all);
    stride = 1 + (living.length - 1) / LOOKED_AT;
    for (int i = 0; i < living.length; i += stride) {
      var goroutine = Goroutine.read(process, living[i]);
      if (goroutine.lives()) {
        var stack = stacks.of(process, goroutine);
        if (!ofTheRuntime(goroutine, stack)) {
          groups.merge(
              group(goroutine, stack, now), Tally.of(stride, waited(goroutine, now)), Tally::plus);
        }
      }
    }
  }

  /** One of the runtime's that calls the program, as finalizers are called, is the program's. */
  private boolean ofTheRuntime(Goroutine goroutine, long... stack) throws IOException {
    var function = text.function(goroutine.start() + 1).orElse("");
    if (!function.startsWith("runtime.") || OF_THE_PROGRAM.contains(function)) {
      return false;
    }
    for (long address : stack) {
      var called = text.innermost(address).orElse("runtime.");
      if (!called.startsWith("runtime.") && !called.startsWith("internal/runtime/")) {
        return false;
      }
    }
    return true;
  }

  private Group group(Goroutine goroutine, long[] stack, long now) throws IOException {
    long minutes = waited(goroutine, now).toMinutes();
    var full =
        new Group(
            state(goroutine),
            creator(goroutine),
            Long.highestOneBit(minutes),
            LongBuffer.wrap(stack));
    if (groups.size() < GROUPS_LIMIT || groups.containsKey(full)) {
      return full;
    }
    return new Group(
        full.state(),
        full.creator(),
        full.minutes(),
        LongBuffer.wrap(new long[] {goroutine.start() + 1}));
  }

  private static Duration waited(Goroutine goroutine, long now) {
    return goroutine.isTimed() && goroutine.waitingSince() != 0
        ? Duration.ofNanos(Math.max(0, now - goroutine.waitingSince()))
        : Duration.ZERO;
  }

  private Optional<Frame> creator(Goroutine goroutine) throws IOException {
    var calls = text.frames(goroutine.creator());
    return calls.isEmpty() || calls.getLast().function().startsWith("runtime.")
        ? Optional.empty()
        : Optional.of(calls.getLast());
  }

  private String state(Goroutine goroutine) throws IOException {
    return switch (goroutine.status()) {
      case Goroutine.WAITING, Goroutine.LEAKED -> reasons.name(goroutine.reason());
      case Goroutine.RUNNABLE -> "runnable";
      case Goroutine.RUNNING -> "running";
      case Goroutine.SYSCALL -> "syscall";
      case Goroutine.COPYSTACK -> "copystack";
      case Goroutine.PREEMPTED -> "preempted";
      default -> throw new MemoryException("no goroutine where one should be", null);
    };
  }
}
