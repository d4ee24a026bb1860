package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the stacks of goroutines lie, as far as they are in use: of one that runs, as it last stood
 * still.
 */
final class GoroutineStacks {
  /** Goroutines of more functions are told together. */
  private static final int FUNCTIONS = 1024;

  private static final String OTHERS = "others";

  /** The goroutine that the runtime starts first, and that calls main.main. */
  private static final String FIRST = "runtime.main";

  private static final String ITS_FUNCTION = "main.main";

  /** What {@code go f(x)} calls, which calls f; cmd/compile/internal/walk since Go 1.22. */
  private static final String WRAPPER = ".gowrap";

  /** Where each goroutine returns to. */
  private static final String BEGINNING = "runtime.goexit";

  /** The part of a stack that is in use, in bytes. */
  record Used(long address, long bytes) {}

  private GoroutineStacks() {}

  /** By the function that a goroutine began with; none once no more is to be read. */
  static Map<String, List<Used>> read(GoProcess process, ProgramText text) throws IOException {
    // In one order, so that two readings give what several hold to the same one.
    var stacks = new TreeMap<String, List<Used>>();
    if (process.memory().exhausted()) {
      return stacks;
    }
    var names = new HashMap<Long, String>();
    var all = GoroutineList.read(process);
    for (int i = 0; i < Math.min(all.length, GoroutineProfile.LOOKED_AT); i++) {
      try {
        var goroutine = Goroutine.read(process, all[i]);
        long sp = goroutine.pointers().stack();
        if (goroutine.lives() && sp >= goroutine.stackStart() && sp < goroutine.stackEnd()) {
          stacks
              .computeIfAbsent(name(process, goroutine, text, names), _ -> new ArrayList<>())
              .add(new Used(sp, goroutine.stackEnd() - sp));
        }
      } catch (MemoryException _) {
        if (process.memory().exhausted()) {
          break;
        }
      }
    }
    return stacks;
  }

  private static String name(
      GoProcess process, Goroutine goroutine, ProgramText text, Map<Long, String> names)
      throws IOException {
    var known = names.get(goroutine.start());
    if (known != null) {
      return known;
    }
    if (names.size() == FUNCTIONS) {
      return OTHERS;
    }
    var name = name(process, goroutine, text);
    names.put(goroutine.start(), name);
    return name;
  }

  private static String name(GoProcess process, Goroutine goroutine, ProgramText text)
      throws IOException {
    var start = text.function(goroutine.start() + 1).orElse(OTHERS);
    if (!start.contains(WRAPPER)) {
      return start.equals(FIRST) ? ITS_FUNCTION : start;
    }
    var stack = new Stacks(process.memory(), text).of(process, goroutine);
    for (int i = stack.length - 1; i >= 0; i--) {
      var function = text.function(stack[i]).orElse(WRAPPER);
      if (!function.contains(WRAPPER) && !function.equals(BEGINNING)) {
        return function;
      }
    }
    return start;
  }
}
