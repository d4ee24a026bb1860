package dev.heapwarden.operator.respond.action;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an action would do, found by looking only. */
public sealed interface Plan {
  /**
   * It can be done.
   *
   * @param object what it is done to, such as pod/checkout-7d9f
   * @param message what will be done, for people
   * @param patch the exact change as YAML
   * @param facts what undo and recognition need to know
   */
  record Do(String object, String message, String patch, Map<String, String> facts)
      implements Plan {}

  /** It cannot be done here; the response goes on without it. */
  record Refuse(String object, String reason) implements Plan {}

  /**
   * Somebody else owns what would change: people can do it.
   *
   * @param patch the exact change as YAML; null where it cannot be told without a value that nobody
   *     here may read
   */
  record Suggest(String object, String reason, @Nullable String patch) implements Plan {}

  /** It cannot be done at this moment. */
  record NotNow(String object, String reason) implements Plan {}
}
