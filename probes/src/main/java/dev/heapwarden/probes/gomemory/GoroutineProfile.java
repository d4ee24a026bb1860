package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.LongBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private static final int HEADER_TRIES = 10;

  /** The list of as many takes 16 MiB. */
  private static final int LISTED = 2_000_000;

  private static final int PIECE = 1 << 19;

  /** isSystemGoroutine in src/runtime/traceback.go (Go 1.21 to 1.27). */
  private static final Set<String> OF_THE_PROGRAM =
      Set.of("runtime.main", "runtime.corostart", "runtime.handleAsyncEvent");

  private static final Profile.ValueType COUNT = new Profile.ValueType("goroutine", "count");

  private final GoProcess process;
  private final ProgramText text;
  private final WaitReasons reasons;
  private final Stacks stacks;
  private final Map<Group, Long> groups = new LinkedHashMap<>();
  private final Map<Group, Long> waiting = new HashMap<>();
  private int stride = 1;

  private record Group(String state, String creator, long minutes, LongBuffer stack) {}

  private GoroutineProfile(GoProcess process, ProgramText text) {
    this.process = process;
    this.text = text;
    reasons = new WaitReasons(process);
    stacks = new Stacks(process.memory(), text);
  }

  /**
   * Writes it as a compressed profile.proto.
   *
   * @return those that hang, most first
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
    return goroutines.hanging();
  }

  private void write(Instant now, OutputStream output) throws IOException {
    var profile = new Profile(text, Profile.Entries.FUNCTIONS, COUNT, 1, COUNT);
    for (var counted : groups.entrySet()) {
      var group = counted.getKey();
      var texts = new LinkedHashMap<String, String>();
      texts.put("state", group.state());
      if (!group.creator().isEmpty()) {
        texts.put("created_by", group.creator());
      }
      texts.put("fingerprint", fingerprint(group).id());
      profile.sample(
          group.stack().array(),
          texts,
          group.minutes() == 0 ? Map.of() : Map.of("waiting_minutes", group.minutes()),
          counted.getValue());
    }
    if (stride > 1) {
      profile.comment("estimated: one goroutine of every %d was looked at".formatted(stride));
    }
    profile.write(now, output);
  }

  private List<GoroutineGroup> hanging() throws IOException {
    var hanging = new LinkedHashMap<Fingerprint, GoroutineGroup>();
    for (var group : groups.keySet()) {
      var fingerprint = fingerprint(group);
      hanging.merge(
          fingerprint,
          GoroutineGroup.of(
              fingerprint, groups.getOrDefault(group, 0L), waiting.getOrDefault(group, 0L)),
          GoroutineGroup::plus);
    }
    return hanging.values().stream()
        .filter(group -> group.hang().isPresent())
        .sorted(Comparator.comparingLong(GoroutineGroup::goroutines).reversed())
        .toList();
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
    return new Fingerprint(group.state(), group.creator(), functions);
  }

  private void read(long now) throws IOException {
    var all = pointers();
    // The list never shrinks: most of a long one may be dead.
    var living = all.length <= LOOKED_AT ? all : living(all);
    stride = 1 + (living.length - 1) / LOOKED_AT;
    for (int i = 0; i < living.length; i += stride) {
      var goroutine = Goroutine.read(process, living[i]);
      if (goroutine.lives()) {
        var stack = stacks.of(process, goroutine);
        if (!ofTheRuntime(goroutine, stack)) {
          var group = group(goroutine, stack, now);
          groups.merge(group, (long) stride, Long::sum);
          if (waited(goroutine, now).toSeconds() >= GoroutineGroup.LONG) {
            waiting.merge(group, (long) stride, Long::sum);
          }
        }
      }
    }
  }

  private long[] living(long... all) throws IOException {
    var living = new long[all.length];
    int count = 0;
    for (long goroutine : all) {
      if (Goroutine.lives(process, goroutine)) {
        living[count++] = goroutine;
      }
    }
    return Arrays.copyOf(living, count);
  }

  /** The list grows by moving: its address and length must belong together. */
  private long[] pointers() throws IOException {
    var memory = process.memory();
    long at = process.address(RuntimeVariables.GOROUTINES);
    for (int i = 0; i < HEADER_TRIES; i++) {
      var header = memory.read(at, 2 * Long.BYTES);
      long length = header.getLong(Long.BYTES);
      if (length < 0 || length > LISTED) {
        throw new MemoryException("no list of at most %d goroutines".formatted(LISTED), null);
      }
      if (length == 0) {
        return new long[0];
      }
      var pointers = new long[(int) length];
      for (int read = 0; read < pointers.length; read += PIECE) {
        int piece = Math.min(PIECE, pointers.length - read);
        memory
            .read(header.getLong(0) + (long) read * Long.BYTES, (long) piece * Long.BYTES)
            .asLongBuffer()
            .get(pointers, read, piece);
      }
      if (memory.read(at, 2 * Long.BYTES).equals(header)) {
        return pointers;
      }
    }
    throw new MemoryException("the list of goroutines moved each time it was read", null);
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

  /** Function with the go statement; "" for the first goroutine, which the runtime starts. */
  private String creator(Goroutine goroutine) throws IOException {
    return text.function(goroutine.creator())
        .filter(function -> !function.startsWith("runtime."))
        .orElse("");
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
