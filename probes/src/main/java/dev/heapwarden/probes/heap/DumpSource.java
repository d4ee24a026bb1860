package dev.heapwarden.probes.heap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import shark.DualSourceProvider;
import shark.RandomAccessSource;

/** A dump that is open already, as Shark reads one: from the beginning, and here and there. */
final class DumpSource implements DualSourceProvider {
  private static final int CHUNK = 64 << 10;

  private final FileChannel dump;

  DumpSource(FileChannel dump) {
    this.dump = dump;
  }

  @Override
  public BufferedSource openStreamingSource() {
    return openRandomAccessSource().asStreamingSource();
  }

  @Override
  public RandomAccessSource openRandomAccessSource() {
    return new Anywhere(dump, ByteBuffer.allocate(CHUNK));
  }

  private record Anywhere(FileChannel dump, ByteBuffer chunk) implements RandomAccessSource {
    @Override
    public long read(Buffer sink, long position, long count) throws IOException {
      long total = 0;
      while (total < count) {
        chunk.clear().limit((int) Math.min(chunk.capacity(), count - total));
        int read = dump.read(chunk, position + total);
        if (read < 0) {
          return total == 0 ? -1 : total;
        }
        // It takes all of it.
        sink.write(chunk.flip());
        total += read;
      }
      return total;
    }

    @Override
    public BufferedSource asStreamingSource() {
      return Okio.buffer(new Onwards(this));
    }

    @Override
    public void close() {
      // The dump is whoever's opened it.
    }
  }

  private static final class Onwards implements Source {
    private final Anywhere dump;
    private long position;

    Onwards(Anywhere dump) {
      this.dump = dump;
    }

    @Override
    public long read(Buffer sink, long count) throws IOException {
      long read = dump.read(sink, position, Math.min(count, CHUNK));
      position += Math.max(0, read);
      return read;
    }

    @Override
    public Timeout timeout() {
      return Timeout.NONE;
    }

    @Override
    public void close() {}
  }
}
