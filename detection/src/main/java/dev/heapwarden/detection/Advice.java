package dev.heapwarden.detection;

import dev.heapwarden.detection.feature.Feature;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What to do about a leak, in sentences for people. */
final class Advice {
  private static final String SET_A_LIMIT =
      "Set a memory limit: without one it takes the node's memory, and its neighbours pay.";

  private Advice() {}

  /** By its cause, and by what surrounds it; empty where nothing is known. */
  static String of(Testimony testimony) {
    return Stream.of(testimony.cause().advice(), hasNoLimit(testimony) ? SET_A_LIMIT : "")
        .filter(sentence -> !sentence.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Read and found without: where nothing was read nothing is known. */
  private static boolean hasNoLimit(Testimony testimony) {
    return testimony.features().value(Feature.ANONYMOUS_MEMORY).isPresent()
        && testimony.features().value(Feature.MEMORY_LIMIT).isEmpty();
  }
}
