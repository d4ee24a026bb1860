package dev.heapwarden.e2e.respond;

/**
 * What must not happen, and how often it did.
 *
 * @param lost incidents that did not come to their end with every step done
 * @param repeated effects beyond one of each step
 * @param orphans isolated pods, network policies and changed fields that nobody took back
 * @param belowBudget times at which fewer pods were healthy than the PodDisruptionBudget demands
 */
record Tally(int lost, int repeated, int orphans, int belowBudget) {
  static final Tally NOTHING = new Tally(0, 0, 0, 0);

  Tally plus(Tally other) {
    return new Tally(
        lost + other.lost,
        repeated + other.repeated,
        orphans + other.orphans,
        belowBudget + other.belowBudget);
  }

  String text() {
    return "lost=%d repeated=%d orphans=%d below-pdb=%d"
        .formatted(lost, repeated, orphans, belowBudget);
  }
}
