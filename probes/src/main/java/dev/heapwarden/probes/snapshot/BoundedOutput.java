package dev.heapwarden.probes.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;

/** Lets so many bytes through and no more. */
final class BoundedOutput extends OutputStream {
  private final OutputStream output;
  private final Supplier<IOException> exceeded;
  private long left;

  /**
   * @param limit in bytes
   * @param exceeded what is thrown when there are more
   */
  BoundedOutput(OutputStream output, long limit, Supplier<IOException> exceeded) {
    this.output = output;
    this.left = limit;
    this.exceeded = exceeded;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    left -= length;
    if (left < 0) {
      throw exceeded.get();
    }
    output.write(bytes, offset, length);
  }
}
