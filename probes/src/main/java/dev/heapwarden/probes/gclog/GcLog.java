package dev.heapwarden.probes.gclog;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * A log that is followed for the collections of one process, by one thread at a time. What stood in
 * it before is read for what a runtime says of itself at its start, and tells nothing.
 *
 * @param <T> what a collection tells
 */
public final class GcLog<T> implements AutoCloseable {
  /** Lines that are not understood before it is said that none are. */
  private static final int ENOUGH = 20;

  private final FollowedFile file;
  private final Lines.Reader reader;
  private final Understanding<T> understanding;
  private final GcLogCounts counts;
  private final BiConsumer<Instant, T> told;
  private boolean fresh;
  private long understood;
  private long unknown;
  private long passed;

  private GcLog(
      FollowedFile.Place place,
      Optional<InstantSource> clock,
      Understanding<T> understanding,
      GcLogCounts counts,
      BiConsumer<Instant, T> told) {
    this.file = new FollowedFile(place);
    this.reader = clock.<Lines.Reader>map(this::plain).orElseGet(this::cri);
    this.understanding = understanding;
    this.counts = counts;
    this.told = told;
  }

  /** One in a container's log, which says when each line was written. */
  static <T> GcLog<T> inContainerLog(
      FollowedFile.Place place,
      Understanding<T> understanding,
      GcLogCounts counts,
      BiConsumer<Instant, T> told) {
    return new GcLog<>(place, Optional.empty(), understanding, counts, told);
  }

  /** One in a file of its own; a line was written when it is read. */
  static <T> GcLog<T> inFile(
      FollowedFile.Place place,
      InstantSource clock,
      Understanding<T> understanding,
      GcLogCounts counts,
      BiConsumer<Instant, T> told) {
    return new GcLog<>(place, Optional.of(clock), understanding, counts, told);
  }

  /**
   * Reads on.
   *
   * @param most bytes; the rest is left for the next time
   * @return bytes that were read, at the first time those of its beginning too
   * @throws IOException when there is no log
   */
  public long read(int most) throws IOException {
    long beginning = 0;
    if (!file.isOpen()) {
      beginning = file.open(reader);
      understanding.begin();
      fresh = true;
    }
    var progress = file.read(most, reader);
    passed += progress.passed();
    counts.passed(progress.passed());
    return beginning + progress.bytes();
  }

  /** Why it tells nothing, and never will; empty while it may. */
  public Optional<String> unreadable() {
    return understood == 0 && unknown >= ENOUGH
        ? Optional.of(
            "none of its lines of collections is of a known form, %d so far".formatted(unknown))
        : Optional.empty();
  }

  /** What is left out; empty where all is read. */
  public Optional<String> leftOut() {
    if (understood == 0) {
      return Optional.of("no line of a collection is in the log yet");
    }
    return passed == 0
        ? Optional.empty()
        : Optional.of(
            "the log is written faster than it is read: %d MiB were passed over"
                .formatted((passed >> 20) + 1));
  }

  @Override
  public void close() {
    file.close();
  }

  private Lines.Reader cri() {
    return new CriLog((stamp, text) -> line(stamp::time, text));
  }

  private Lines.Reader plain(InstantSource clock) {
    return new Lines.Reader() {
      @Override
      public void line(String text, boolean cut) {
        if (!cut) {
          GcLog.this.line(() -> Optional.of(clock.instant()), text);
        }
      }

      @Override
      public void gap() {
        // Every line stands for itself.
      }
    };
  }

  private void line(Supplier<Optional<Instant>> written, String text) {
    switch (understanding.read(text)) {
      case FOREIGN -> {}
      case UNKNOWN -> {
        unknown++;
        counts.unknown();
      }
      case UNDERSTOOD -> understood();
      case COLLECTED -> {
        understood();
        if (fresh) {
          written.get().ifPresent(at -> told.accept(at, understanding.told()));
        }
      }
    }
  }

  private void understood() {
    understood++;
    counts.understood();
  }
}
