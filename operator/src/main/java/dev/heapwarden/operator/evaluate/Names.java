package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.sample.RuntimeKind;
import java.util.Locale;

/** Enum constants as the API spells them. */
public final class Names {
  private Names() {}

  /** POST_GC_LIVE_HEAP becomes PostGcLiveHeap. */
  public static String camel(Enum<?> constant) {
    var text = new StringBuilder();
    for (var word : constant.name().split("_", -1)) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  public static String runtime(RuntimeKind kind) {
    return kind == RuntimeKind.JVM ? "JVM" : camel(kind);
  }
}
