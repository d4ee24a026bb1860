package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The performance counters that a HotSpot JVM keeps, read once. The JVM writes them without a lock:
 * figures of one reading may be of moments shortly after one another.
 *
 * <p>Layout: struct PerfDataPrologue and struct PerfDataEntry of JDK 25,
 * src/hotspot/share/runtime/perfMemory.hpp; unchanged since JDK 5 (major version 2).
 */
public final class PerfData {
  /**
   * The most that -XX:PerfDataMemorySize may be; 32 KiB unless it is told otherwise, 64 KiB since
   * JDK 21 (JDK 17 and 25, src/hotspot/share/runtime/globals.hpp).
   */
  static final int LARGEST = 2 << 20;

  private static final int MAGIC = 0xcafec0c0;
  private static final int MAJOR = 2;
  private static final int PROLOGUE = 32;
  private static final int ENTRY = 20;

  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();

  private PerfData() {}

  /**
   * Reads a counter file.
   *
   * @throws IOException when it cannot be read, or is no counter file of this version
   */
  static PerfData read(Held file) throws IOException {
    try (var channel = Files.newByteChannel(file.path())) {
      if (channel.size() > LARGEST) {
        throw new IOException(
            "no performance counters: %d bytes, more than %d".formatted(channel.size(), LARGEST));
      }
      var bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // until it is full
      }
      return parse(bytes.flip());
    }
  }

  static PerfData parse(ByteBuffer bytes) throws IOException {
    if (bytes.limit() < PROLOGUE || bytes.order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC) {
      throw new IOException("no performance counters: wrong magic number");
    }
    bytes.order(bytes.get(4) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if (bytes.get(5) != MAJOR || bytes.get(7) == 0) {
      throw new IOException("performance counters of another version, or not complete yet");
    }
    var counters = new PerfData();
    int entries = bytes.getInt(28);
    int at = bytes.getInt(24);
    for (int i = 0; i < entries; i++) {
      if (at < PROLOGUE || at > bytes.limit() - ENTRY) {
        throw new IOException(
            "performance counter %d of %d is out of bounds".formatted(i, entries));
      }
      int length = bytes.getInt(at);
      if (length < ENTRY || length > bytes.limit() - at) {
        throw new IOException("performance counter %d of %d is cut off".formatted(i, entries));
      }
      counters.entry(bytes.slice(at, length).order(bytes.order()));
      at += length;
    }
    return counters;
  }

  /** A long counter; units are ticks, bytes or a count, as its name implies. */
  public OptionalLong number(String name) {
    var value = numbers.get(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  private void entry(ByteBuffer entry) throws IOException {
    int nameAt = entry.getInt(4);
    int vector = entry.getInt(8);
    int type = entry.get(12);
    int dataAt = entry.getInt(16);
    if (nameAt < ENTRY || nameAt >= entry.limit() || dataAt < ENTRY || dataAt > entry.limit()) {
      throw new IOException("a performance counter points outside itself");
    }
    var name = text(entry, nameAt, entry.limit() - nameAt);
    // Types are the signature characters of JVMS 4.3.2; only these two are written.
    if (type == 'J' && vector == 0 && dataAt <= entry.limit() - Long.BYTES) {
      numbers.put(name, entry.getLong(dataAt));
    } else if (type == 'B' && vector > 0) {
      texts.put(name, text(entry, dataAt, Math.min(vector, entry.limit() - dataAt)));
    }
  }

  private static String text(ByteBuffer bytes, int from, int longest) {
    int length = 0;
    while (length < longest && bytes.get(from + length) != 0) {
      length++;
    }
    var text = new byte[length];
    bytes.get(from, text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
