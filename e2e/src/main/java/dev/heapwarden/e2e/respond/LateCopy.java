package dev.heapwarden.e2e.respond;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Hands on every part of an answer so much after it came, in order. What is held back when the
 * answer ends is never told.
 */
record LateCopy(Duration late) implements FaultyApiServer.Copy {
  @Override
  public void from(InputStream answer, OutputStream asker) throws IOException {
    var clock = Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    try {
      var buffer = new byte[8192];
      for (int read = answer.read(buffer); read >= 0; read = answer.read(buffer)) {
        var part = Arrays.copyOf(buffer, read);
        var _ =
            clock.schedule(
                () -> {
                  asker.write(part);
                  asker.flush();
                  return null;
                },
                late.toNanos(),
                TimeUnit.NANOSECONDS);
      }
    } finally {
      clock.shutdownNow();
    }
  }
}
