package dev.heapwarden.probes.endpoint;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads an answer in Prometheus' text format line by line, so that it takes little memory however
 * long it is.
 */
final class Exposition {
  /** A line longer than this, with all its labels, is of none of the known metrics. */
  private static final int LONGEST_LINE = 16 << 10;

  private static final int AT_ONCE = 8 << 10;

  private final KnownMetrics known = new KnownMetrics();
  private final byte[] line = new byte[LONGEST_LINE];
  private int length;
  private boolean cut;
  private boolean webPage;
  private long malformed;
  private long bytes;

  private Exposition() {}

  /**
   * Reads all of it.
   *
   * @throws EndpointException when it tells nothing that is known
   */
  static Told read(InputStream body) throws IOException {
    var exposition = new Exposition();
    exposition.take(body);
    return exposition.told();
  }

  private void take(InputStream body) throws IOException {
    var some = new byte[AT_ONCE];
    for (int read = body.read(some); read >= 0; read = body.read(some)) {
      bytes += read;
      for (int i = 0; i < read; i++) {
        take(some[i]);
      }
    }
    endLine();
  }

  private void take(byte next) {
    if (next == '\n') {
      endLine();
    } else if (length < LONGEST_LINE) {
      line[length++] = next;
    } else {
      cut = true;
    }
  }

  private void endLine() {
    var text = new String(line, 0, length, ProcFs.ANY_BYTES).strip();
    if (!text.isEmpty() && !text.startsWith("#")) {
      take(text);
    }
    length = 0;
    cut = false;
  }

  private void take(String text) {
    var parsed = cut ? null : MetricLine.parse(text).orElse(null);
    if (parsed != null) {
      known.add(parsed);
    } else {
      malformed++;
      webPage |= text.startsWith("<");
    }
  }

  private Told told() throws EndpointException {
    var figures = known.figures();
    if (!figures.isEmpty()) {
      return new Told(figures, bytes, malformed);
    }
    throw EndpointException.because(
        webPage
            ? "its answer is a web page"
            : known.unknownFamilies() == 0
                ? "its answer has no line of Prometheus' text format"
                : "no metric in it is known: %d others".formatted(known.unknownFamilies()));
  }
}
