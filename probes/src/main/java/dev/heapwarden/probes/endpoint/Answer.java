package dev.heapwarden.probes.endpoint;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer, within its bounds; whatever goes wrong is told in the agent's words. */
final class Answer extends FilterInputStream {
  private final EndpointClient.Bounds bounds;
  private final long end;
  private long taken;

  /**
   * @param end by {@link System#nanoTime}
   */
  Answer(InputStream body, EndpointClient.Bounds bounds, long end) {
    super(body);
    this.bounds = bounds;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int read;
    try {
      read = super.read(bytes, from, length);
    } catch (IOException _) {
      throw System.nanoTime() - end >= 0
          ? EndpointException.silent("no whole answer within " + bounds.time().toSeconds() + " s")
          : EndpointException.because("its answer broke off");
    }
    taken += Math.max(0, read);
    if (taken > bounds.bytes()) {
      throw EndpointException.because("its answer is longer than " + bounds.bytes() + " bytes");
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    return readNBytes((int) Math.min(count, 8192)).length;
  }
}
