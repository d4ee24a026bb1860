package dev.heapwarden.probes.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Artefacts are stored compressed by gzip: what does not come so is, and its name tells. */
final class Compression {
  private static final String ENDING = ".gz";

  private Compression() {}

  /** Under which an artefact is stored. */
  static String name(String file) {
    return file.endsWith(ENDING) ? file : file + ENDING;
  }

  /**
   * Writes what is stored of an artefact.
   *
   * @param file its name, which ends in {@code .gz} when the content is compressed already
   * @param limit bytes of the content
   * @throws IOException when it cannot be read or written, or has more
   */
  static void write(String file, ArtifactStore.Content content, long limit, OutputStream output)
      throws IOException {
    if (file.endsWith(ENDING)) {
      content.writeTo(limited(output, limit));
      return;
    }
    var gzip = new QuickGzip(output);
    try {
      content.writeTo(limited(gzip, limit));
      gzip.finish();
    } finally {
      gzip.end();
    }
  }

  private static OutputStream limited(OutputStream output, long limit) {
    return new BoundedOutput(
        output, limit, () -> new IOException("it has more than " + limit + " bytes"));
  }

  /** At the least cost of CPU: the node's programs pay for it. */
  private static final class QuickGzip extends GZIPOutputStream {
    private static final int PIECE = 64 << 10;

    QuickGzip(OutputStream output) throws IOException {
      super(output, PIECE);
      def.setLevel(Deflater.BEST_SPEED);
    }

    /** Gives back what it took outside the heap, and leaves the output open. */
    void end() {
      def.end();
    }
  }
}
