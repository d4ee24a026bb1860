package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** What a program's memory held where it was first read. */
final class RecordedMemory implements ProcessMemory.Source {
  private final ProcessMemory memory;
  private final Map<Long, byte[]> reads = new HashMap<>();
  private List<Long> addresses = List.of();

  RecordedMemory(ProcessMemory memory) {
    this.memory = memory;
  }

  @Override
  public int read(ByteBuffer into, long address) throws IOException {
    var known = reads.get(address);
    if (known == null || known.length < into.remaining()) {
      known = new byte[into.remaining()];
      memory.read(address, known.length).get(known);
      reads.put(address, known);
    }
    int length = into.remaining();
    into.put(known, 0, length);
    return length;
  }

  /** No more is read from here on. */
  void seal() {
    addresses = reads.keySet().stream().sorted().toList();
  }

  /** The same with one word changed; places that were never read are not there. */
  ProcessMemory.Source lying(Random random) {
    long victim = addresses.get(random.nextInt(addresses.size()));
    var bytes = Objects.requireNonNull(reads.get(victim)).clone();
    int at = random.nextInt(bytes.length);
    long lie =
        random.nextInt(3) == 0
            ? addresses.get(random.nextInt(addresses.size()))
            : random.nextLong();
    for (int i = at; i < Math.min(bytes.length, at + Long.BYTES); i++) {
      bytes[i] = (byte) (lie >>> (8 * (i - at)));
    }
    return new ProcessMemory.Source() {
      @Override
      public int read(ByteBuffer into, long address) throws IOException {
        var held = address == victim ? bytes : reads.get(address);
        if (held == null || held.length < into.remaining()) {
          throw new IOException("nothing there");
        }
        int length = into.remaining();
        into.put(held, 0, length);
        return length;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }
}
