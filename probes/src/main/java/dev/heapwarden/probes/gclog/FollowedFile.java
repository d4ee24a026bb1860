package dev.heapwarden.probes.gclog;

import dev.heapwarden.probes.jvm.Held;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.util.Optional;

/**
 * A log that is read on as it grows, by one thread at a time. Its writer, or the kubelet, may move
 * it away at any time and begin another under its name, or cut it off.
 */
final class FollowedFile implements AutoCloseable {
  /** The beginning of a log, where a runtime says what it is. */
  static final int HEAD = 64 << 10;

  /** What more has been written than this and not read is passed over. */
  static final int BEHIND = 4 << 20;

  private static final int AT_ONCE = 64 << 10;

  private final Place place;
  private final Lines lines = new Lines();
  private Optional<Open> open = Optional.empty();

  /** Where the log is now. */
  interface Place {
    /**
     * Holds it.
     *
     * @throws IOException when it is not there
     */
    Held find() throws IOException;
  }

  /** The file that is being read. */
  private static final class Open {
    final SeekableByteChannel channel;
    final Held.Id id;

    /** Another has its name: its writer may still hold this one for a moment. */
    boolean moved;

    Open(SeekableByteChannel channel, Held.Id id) {
      this.channel = channel;
      this.id = id;
    }

    void close() {
      try {
        channel.close();
      } catch (IOException _) {
        // It was only read.
      }
    }
  }

  /**
   * What became of what was appended.
   *
   * @param bytes that were read
   * @param passed bytes that were passed over, since too much is left
   */
  record Progress(long bytes, long passed) {}

  FollowedFile(Place place) {
    this.place = place;
  }

  /**
   * Opens it, once.
   *
   * @param reader is given the beginning of what was there before
   * @return bytes of it
   * @throws IOException when it is not there
   */
  long open(Lines.Reader reader) throws IOException {
    var file = hold();
    open = Optional.of(file);
    long size = file.channel.size();
    long head = read(file, Math.min(size, HEAD), reader);
    if (size > HEAD) {
      // The last byte is read again: where it ends a line, the next is whole.
      passTo(file, size - 1, reader);
    }
    return head;
  }

  boolean isOpen() {
    return open.isPresent();
  }

  /**
   * Reads what was appended.
   *
   * @param most bytes; the rest is left for the next time
   */
  Progress read(int most, Lines.Reader reader) throws IOException {
    var file = open.orElseThrow();
    boolean moved = isElsewhere(file.id);
    long size = file.channel.size();
    if (size < file.channel.position()) {
      file.channel.position(0);
      lines.start(false);
      reader.gap();
    }
    long passed = Math.max(0, size - file.channel.position() - BEHIND);
    if (passed > 0) {
      passTo(file, size - BEHIND, reader);
    }
    long left = size - file.channel.position();
    var progress = new Progress(read(file, Math.min(left, most), reader), passed);
    if (moved && file.moved && left <= most) {
      file.close();
      open = Optional.of(hold());
    } else {
      file.moved = moved;
    }
    return progress;
  }

  @Override
  public void close() {
    open.ifPresent(Open::close);
  }

  private void passTo(Open file, long position, Lines.Reader reader) throws IOException {
    file.channel.position(position);
    lines.start(true);
    reader.gap();
  }

  /** Gives how many of the bytes were there. */
  private long read(Open file, long bytes, Lines.Reader reader) throws IOException {
    var buffer = ByteBuffer.allocate((int) Math.min(bytes, AT_ONCE));
    long done = 0;
    while (done < bytes) {
      buffer.clear().limit((int) Math.min(bytes - done, buffer.capacity()));
      int read = file.channel.read(buffer);
      if (read <= 0) {
        break;
      }
      lines.take(buffer.flip(), reader);
      done += read;
    }
    return done;
  }

  private Open hold() throws IOException {
    try (var held = place.find()) {
      return new Open(Files.newByteChannel(held.path()), held.id());
    }
  }

  /** False too while nothing has its name. */
  private boolean isElsewhere(Held.Id id) {
    try (var held = place.find()) {
      return !held.id().equals(id);
    } catch (IOException _) {
      return false;
    }
  }
}
