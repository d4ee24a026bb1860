package dev.heapwarden.probes.gclog;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The log of a container, as a runtime of the Container Runtime Interface writes it: {@code TIME
 * STREAM TAGS TEXT}, where the first tag is P for a part of a line that goes on, and F for the end
 * of one (Kubernetes 1.35, pkg/kubelet/kuberuntime/logs/logs.go, parseCRILog).
 */
final class CriLog implements Lines.Reader {
  private static final Set<String> STREAMS = Set.of("stdout", "stderr");

  private final Reader reader;
  private final Map<String, Parts> unfinished = new HashMap<>();

  /** Takes what programs of the container wrote, line by line. */
  interface Reader {
    void line(Stamp written, String text);
  }

  /** When a line was written, as it stands there. */
  record Stamp(String text) {
    /** Empty where it is no time. */
    Optional<Instant> time() {
      try {
        return Optional.of(Instant.parse(text));
      } catch (DateTimeException _) {
        return Optional.empty();
      }
    }
  }

  /** The beginning of a line, as far as it can be of use. */
  private record Parts(String text, boolean cut) {
    static final Parts NONE = new Parts("", false);

    Parts and(String more, boolean cutOff) {
      boolean tooLong = cut || cutOff || text.length() + more.length() > Lines.LONGEST;
      return new Parts(tooLong ? "" : text + more, tooLong);
    }
  }

  CriLog(Reader reader) {
    this.reader = reader;
  }

  @Override
  public void line(String line, boolean cut) {
    int stream = line.indexOf(' ') + 1;
    int tags = line.indexOf(' ', stream) + 1;
    int text = line.indexOf(' ', tags) + 1;
    if (stream == 0 || tags == 0 || text == 0) {
      return;
    }
    var name = line.substring(stream, tags - 1);
    if (!STREAMS.contains(name)) {
      return;
    }
    var whole = unfinished.getOrDefault(name, Parts.NONE).and(line.substring(text), cut);
    if (line.startsWith("P", tags)) {
      unfinished.put(name, whole);
      return;
    }
    unfinished.remove(name);
    if (!whole.cut()) {
      reader.line(new Stamp(line.substring(0, stream - 1)), whole.text());
    }
  }

  @Override
  public void gap() {
    unfinished.clear();
  }
}
