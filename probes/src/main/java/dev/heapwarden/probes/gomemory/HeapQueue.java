package dev.heapwarden.probes.gomemory;

import java.util.ArrayDeque;

/** What is still to be followed, first in, first out, with whose it is. */
final class HeapQueue {
  /** They take 16 MiB. */
  private static final int MOST = 2 << 20;

  private static final int PIECE = 1 << 12;

  private static final class Piece {
    final int[] numbers = new int[PIECE];
    final HeldObjects[] holders = new HeldObjects[PIECE];
  }

  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private int head;
  private int tail = PIECE;
  private int size;

  /** Returns false when there is no room. */
  boolean add(int number, HeldObjects holder) {
    if (size == MOST) {
      return false;
    }
    if (tail == PIECE) {
      pieces.add(new Piece());
      tail = 0;
    }
    var last = pieces.getLast();
    last.numbers[tail] = number;
    last.holders[tail++] = holder;
    size++;
    return true;
  }

  int size() {
    return size;
  }

  /** Of the first. */
  int number() {
    return pieces.getFirst().numbers[head];
  }

  /** Of the first. */
  HeldObjects holder() {
    return pieces.getFirst().holders[head];
  }

  /** Drops the first. */
  void drop() {
    size--;
    if (++head == PIECE) {
      pieces.removeFirst();
      head = 0;
    }
  }
}
