package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A profile as {@code go tool pprof} reads it. Field numbers: proto/profile.proto of
 * github.com/google/pprof.
 */
final class Profile {
  /** What one number of each sample counts. */
  record ValueType(String name, String unit) {}

  private record Function(String name, String file) {}

  /** Where each stack ends; Go's own profiles leave it out. */
  static final String END_OF_STACK = "runtime.goexit";

  private static final int LEFT_OUT = 0;
  private static final int PLACES_LIMIT = 100_000;
  private static final int CHARACTERS_LIMIT = 8 << 20;

  /** What the addresses of a stack stand for. */
  enum Entries {
    /** A function each, with the calls that were inlined into it. */
    FUNCTIONS,
    /** A call each: what was inlined has an address of its own. */
    CALLS
  }

  private final ProgramText text;
  private final ProtoMessage profile = new ProtoMessage();
  private final ProtoMessage functionTable = new ProtoMessage();
  private final ProtoMessage locationTable = new ProtoMessage();
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<Function, Integer> functions = new LinkedHashMap<>();
  private final Map<Long, Integer> locations = new LinkedHashMap<>();
  private final Entries entries;
  private boolean allNamed = true;
  private int places;
  private long characters;

  /**
   * An empty profile.
   *
   * @param entries of its stacks
   * @param period how many of what is counted one sample stands for
   * @param values what the numbers of a sample count
   */
  Profile(ProgramText text, Entries entries, ValueType periodType, long period, ValueType... values)
      throws IOException {
    this.text = text;
    this.entries = entries;
    string("");
    for (var value : values) {
      profile.message(1, valueType(value));
    }
    profile.message(11, valueType(periodType)).number(12, period);
  }

  /**
   * Adds a sample.
   *
   * @param stack return addresses, innermost first
   * @param texts that label it, by name
   * @param numbers that label it, by name
   * @throws MemoryException when there are too many places, or their names are too long
   */
  void sample(long[] stack, Map<String, String> texts, Map<String, Long> numbers, long... values)
      throws IOException {
    var ids = new long[stack.length];
    int depth = 0;
    for (long address : stack) {
      int id = location(address);
      if (id != LEFT_OUT) {
        ids[depth++] = id;
      }
    }
    var sample = new ProtoMessage().packed(1, Arrays.copyOf(ids, depth)).packed(2, values);
    for (var label : texts.entrySet()) {
      sample.message(3, label(label.getKey()).number(2, string(label.getValue())));
    }
    for (var label : numbers.entrySet()) {
      sample.message(3, label(label.getKey()).number(3, label.getValue()));
    }
    profile.message(2, sample);
  }

  /** Adds words for whoever reads it. */
  void comment(String words) throws IOException {
    profile.number(13, string(words));
  }

  /** Writes it, compressed. */
  void write(Instant time, OutputStream output) throws IOException {
    var code = text.mapping();
    var mapping =
        new ProtoMessage()
            .number(1, 1)
            .number(2, code.start())
            .number(3, code.end())
            .number(4, code.offset())
            .number(5, string(code.file()))
            .number(6, string(text.buildId()))
            .number(7, allNamed ? 1 : 0);
    var rest =
        new ProtoMessage()
            .message(3, mapping)
            .number(9, time.getEpochSecond() * 1_000_000_000L + time.getNano());
    try (var compressed = new GZIPOutputStream(output)) {
      profile.writeTo(compressed);
      locationTable.writeTo(compressed);
      functionTable.writeTo(compressed);
      rest.writeTo(compressed);
      for (var string : strings.keySet()) {
        new ProtoMessage().text(6, string).writeTo(compressed);
      }
    }
  }

  private ProtoMessage valueType(ValueType type) throws IOException {
    return new ProtoMessage().number(1, string(type.name())).number(2, string(type.unit()));
  }

  private ProtoMessage label(String name) throws IOException {
    return new ProtoMessage().number(1, string(name));
  }

  /** Its address is that of the call, as in Go's own profiles, not where the call returns to. */
  private int location(long returnAddress) throws IOException {
    var known = locations.get(returnAddress);
    if (known != null) {
      return known;
    }
    if (locations.size() == PLACES_LIMIT) {
      throw new MemoryException("more than %d places".formatted(PLACES_LIMIT), null);
    }
    var frames = text.frames(returnAddress);
    if (!frames.isEmpty() && frames.getLast().function().equals(END_OF_STACK)) {
      locations.put(returnAddress, LEFT_OUT);
      return LEFT_OUT;
    }
    int id = ++places;
    locations.put(returnAddress, id);
    var location = new ProtoMessage().number(1, id).number(3, returnAddress - 1);
    if (text.holds(returnAddress)) {
      location.number(2, 1);
    }
    for (var frame :
        entries == Entries.CALLS && !frames.isEmpty() ? frames.subList(0, 1) : frames) {
      location.message(4, new ProtoMessage().number(1, function(frame)).number(2, frame.line()));
    }
    allNamed &= !frames.isEmpty();
    locationTable.message(4, location);
    return id;
  }

  private int function(Frame frame) throws IOException {
    var function = new Function(frame.function(), frame.file());
    var known = functions.get(function);
    if (known != null) {
      return known;
    }
    int id = functions.size() + 1;
    functions.put(function, id);
    int name = string(frame.function());
    functionTable.message(
        5,
        new ProtoMessage()
            .number(1, id)
            .number(2, name)
            .number(3, name)
            .number(4, string(frame.file())));
    return id;
  }

  private int string(String text) throws IOException {
    var known = strings.get(text);
    if (known != null) {
      return known;
    }
    characters += text.length();
    if (characters > CHARACTERS_LIMIT) {
      throw new MemoryException(
          "more than %d characters of names".formatted(CHARACTERS_LIMIT), null);
    }
    int number = strings.size();
    strings.put(text, number);
    return number;
  }
}
