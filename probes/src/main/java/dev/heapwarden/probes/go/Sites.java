package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names the places that return addresses lead to, and the types of maps. Remembers the last few
 * thousand answers.
 */
public final class Sites {
  /** Code that grows maps on behalf of someone: the site is whoever called it. */
  private static final List<String> ON_BEHALF =
      List.of("runtime.", "internal/", "reflect.", "maps.", "sync.");

  /** The outermost calls of a goroutine, of the first one and of others. */
  private static final Set<String> STARTS = Set.of("runtime.main", "runtime.goexit");

  private final Memory<List<Frame>> frames = new Memory<>();
  private final Memory<Optional<String>> types = new Memory<>();

  private record Address(ExecutableId executable, long address) {}

  /** The answers given last. */
  private static final class Memory<T> extends LinkedHashMap<Address, T> {
    private static final int REMEMBERED = 4096;

    Memory() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Address, T> eldest) {
      return size() > REMEMBERED;
    }
  }

  /**
   * A running Go program.
   *
   * @param executable path at which its file can be opened now, such as /proc/PID/exe
   * @param bias what loading added to the addresses in the file
   */
  public record Program(ExecutableId id, Path executable, GoBinary binary, long bias) {}

  /**
   * First place, from the innermost call outwards, that is not of the runtime or another library
   * that acts for its caller; what was inlined counts as the call it was. Empty when no address
   * could be named so.
   */
  public Optional<Frame> site(Program program, long... returnAddresses) {
    return calls(program, returnAddresses).stream().findFirst();
  }

  /**
   * The {@link #site} and the calls that led to it, as far outwards as every one can be named;
   * those with which the runtime starts a goroutine are left out.
   */
  public List<Frame> calls(Program program, long... returnAddresses) {
    var calls = new ArrayList<Frame>();
    for (long address : returnAddresses) {
      var named = frames(program, address);
      if (named.isEmpty() && !calls.isEmpty()) {
        break;
      }
      named.stream()
          .filter(frame -> !STARTS.contains(frame.function()))
          .filter(frame -> !calls.isEmpty() || isOfTheProgram(frame))
          .forEachOrdered(calls::add);
    }
    return List.copyOf(calls);
  }

  private static boolean isOfTheProgram(Frame frame) {
    return ON_BEHALF.stream().noneMatch(frame.function()::startsWith);
  }

  /** The calls that a call returns into, innermost first; empty when the table does not tell. */
  public synchronized List<Frame> frames(Program program, long returnAddress) {
    // A call may be the last instruction of its function: the byte before belongs to the caller.
    return ask(frames, program, returnAddress - 1, FunctionTable::frames, List.of());
  }

  /** Such as {@code map[string]*main.session}; empty when the program does not tell. */
  public synchronized Optional<String> mapType(Program program, long descriptor) {
    return ask(
        types,
        program,
        descriptor,
        (table, elf, address) ->
            table.module().isPresent()
                ? MapTypes.name(elf, table.module().get(), address)
                : Optional.empty(),
        Optional.empty());
  }

  private interface Question<T> {
    T answer(FunctionTable table, ElfFile elf, long address) throws IOException;
  }

  private static <T> T ask(
      Memory<T> memory, Program program, long loaded, Question<T> question, T unknown) {
    if (program.binary().table().isEmpty()) {
      return unknown;
    }
    long address = loaded - program.bias();
    var key = new Address(program.id(), address);
    var known = memory.get(key);
    if (known == null) {
      try (var elf = ElfFile.open(program.executable())) {
        known = question.answer(program.binary().table().get(), elf, address);
      } catch (BinaryFormatException _) {
        // It will say the same next time.
        known = unknown;
      } catch (IOException _) {
        // The process ended; another one may know better.
        return unknown;
      }
      memory.put(key, known);
    }
    return known;
  }
}
