package dev.heapwarden.e2e.respond;

import java.util.concurrent.atomic.AtomicInteger;

/** How often operators are to be killed, by all who kill some. */
final class Kills {
  private final int wanted;
  private final AtomicInteger killed = new AtomicInteger();

  Kills(int wanted) {
    this.wanted = wanted;
  }

  /** One more, unless there were enough. */
  boolean take() {
    return killed.getAndUpdate(before -> Math.min(wanted, before + 1)) < wanted;
  }

  int killed() {
    return killed.get();
  }

  int wanted() {
    return wanted;
  }

  boolean done() {
    return killed() >= wanted;
  }
}
