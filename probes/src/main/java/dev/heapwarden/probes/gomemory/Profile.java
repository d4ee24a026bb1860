package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Frame;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
  private static final Optional<String> END_OF_STACK = Optional.of("runtime.goexit");

  private final ProgramText text;
  private final ProtoMessage profile = new ProtoMessage();
  private final ProtoMessage functionTable = new ProtoMessage();
  private final ProtoMessage locationTable = new ProtoMessage();
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<Function, Integer> functions = new LinkedHashMap<>();
  private final Map<Long, Integer> locations = new LinkedHashMap<>();
  private boolean allNamed = true;

  /**
   * An empty profile.
   *
   * @param period how many of what is counted one sample stands for
   * @param values what the numbers of a sample count
   */
  Profile(ProgramText text, ValueType periodType, long period, ValueType... values) {
    this.text = text;
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
   */
  void sample(long[] stack, Map<String, String> texts, Map<String, Long> numbers, long... values) {
    var ids =
        Arrays.stream(stack)
            .filter(address -> !text.function(address).equals(END_OF_STACK))
            .mapToObj(this::location)
            .mapToLong(Integer::longValue)
            .toArray();
    var sample = new ProtoMessage().packed(1, ids).packed(2, values);
    texts.forEach((name, label) -> sample.message(3, label(name).number(2, string(label))));
    numbers.forEach((name, label) -> sample.message(3, label(name).number(3, label)));
    profile.message(2, sample);
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
    strings.keySet().forEach(string -> rest.text(6, string));
    try (var compressed = new GZIPOutputStream(output)) {
      profile.writeTo(compressed);
      locationTable.writeTo(compressed);
      functionTable.writeTo(compressed);
      rest.writeTo(compressed);
    }
  }

  private ProtoMessage valueType(ValueType type) {
    return new ProtoMessage().number(1, string(type.name())).number(2, string(type.unit()));
  }

  private ProtoMessage label(String name) {
    return new ProtoMessage().number(1, string(name));
  }

  /** Its address is that of the call, as in Go's own profiles, not where the call returns to. */
  private int location(long returnAddress) {
    var known = locations.get(returnAddress);
    if (known != null) {
      return known;
    }
    int id = locations.size() + 1;
    locations.put(returnAddress, id);
    var location = new ProtoMessage().number(1, id).number(3, returnAddress - 1);
    if (text.holds(returnAddress)) {
      location.number(2, 1);
    }
    var frames = text.frames(returnAddress);
    frames.forEach(
        frame ->
            location.message(
                4, new ProtoMessage().number(1, function(frame)).number(2, frame.line())));
    allNamed &= !frames.isEmpty();
    locationTable.message(4, location);
    return id;
  }

  private int function(Frame frame) {
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

  private int string(String text) {
    var known = strings.putIfAbsent(text, strings.size());
    return known == null ? strings.size() - 1 : known;
  }
}
