package dev.heapwarden.e2e.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Lines with the time since the demo began. */
record Console(PrintStream out, Instant began) {
  void say(String line) {
    long seconds = Duration.between(began, Instant.now()).toSeconds();
    out.printf("[%3d:%02d] %s%n", seconds / 60, seconds % 60, line);
    out.flush();
  }

  void plain(String text) {
    out.println(text);
    out.flush();
  }
}
