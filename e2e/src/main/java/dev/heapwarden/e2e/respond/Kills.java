package dev.heapwarden.e2e.respond;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How often operators are to be killed, by all who kill some, and where they were. */
final class Kills {
  private final int wanted;
  private final AtomicInteger killed = new AtomicInteger();
  private final Set<Boundary> struck = ConcurrentHashMap.newKeySet();

  Kills(int wanted) {
    this.wanted = wanted;
  }

  /** One more, unless there were enough. */
  boolean take() {
    return killed.getAndUpdate(before -> Math.min(wanted, before + 1)) < wanted;
  }

  /** Somebody was killed who stood at these boundaries. */
  void struck(Set<Boundary> boundaries) {
    struck.addAll(boundaries);
  }

  /** The boundaries at which somebody was killed. */
  Set<Boundary> struck() {
    return Set.copyOf(struck);
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
