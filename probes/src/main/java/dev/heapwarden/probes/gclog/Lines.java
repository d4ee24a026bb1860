package dev.heapwarden.probes.gclog;

import dev.heapwarden.probes.target.ProcFs;
import java.nio.ByteBuffer;

/** Makes lines of bytes. What is longer than any line of a collection is cut. */
final class Lines {
  /** The longest that is understood, of some 200 characters, with decorations and a CRI prefix. */
  static final int LONGEST = 1024;

  private final byte[] line = new byte[LONGEST];
  private int length;
  private boolean cut;
  private boolean passing;

  /** Takes lines. */
  interface Reader {
    /**
     * A line.
     *
     * @param text its bytes as {@link ProcFs#ANY_BYTES}, without the end
     * @param cut whether more of it was there
     */
    void line(String text, boolean cut);

    /** Says that lines are missing between the last and the next. */
    void gap();
  }

  void take(ByteBuffer bytes, Reader reader) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        if (!passing) {
          reader.line(new String(line, 0, length, ProcFs.ANY_BYTES), cut);
        }
        start(false);
      } else if (length < LONGEST) {
        line[length++] = next;
      } else {
        cut = true;
      }
    }
  }

  /**
   * Begins anew.
   *
   * @param within whether what comes next may be the end of a line
   */
  void start(boolean within) {
    length = 0;
    cut = false;
    passing = within;
  }
}
