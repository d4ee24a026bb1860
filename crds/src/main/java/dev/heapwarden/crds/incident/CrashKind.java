package dev.heapwarden.crds.incident;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime says when it dies, by the texts that are fixed in it. Only which of them was found
 * is told: the rest of a message may hold what the program had in memory.
 */
public enum CrashKind {
  /** Its class; an uncaught exception begins with it (JDK 25 ThreadGroup.uncaughtException). */
  OUT_OF_MEMORY_ERROR("OutOfMemoryError", "java\\.lang\\.OutOfMemoryError"),
  /** Go 1.26 src/internal/runtime/maps/map.go; the same words in earlier src/runtime/map.go. */
  CONCURRENT_MAP_ACCESS(
      "ConcurrentMapAccess", "concurrent map (writes|read and map write|iteration and map write)"),
  /** Go 1.26 src/runtime/map.go. */
  NIL_MAP("NilMap", "assignment to entry in nil map"),
  /** Go 1.26 src/runtime/mem_linux.go, and src/runtime/mcache.go. */
  GO_OUT_OF_MEMORY("GoOutOfMemory", "(runtime|fatal error): out of memory"),
  /** Go 1.26 src/runtime/panic.go. */
  PANIC("Panic", "panic: ");

  private final String text;
  private final Pattern says;

  CrashKind(String text, String says) {
    this.text = text;
    this.says = Pattern.compile(says);
  }

  /** As it stands in an incident. */
  public String text() {
    return text;
  }

  /**
   * The first that a text shows: a termination message, of which the kubelet keeps 4,096 bytes, or
   * the end of a log.
   */
  public static Optional<CrashKind> of(@Nullable String message) {
    return message == null
        ? Optional.empty()
        : Arrays.stream(values()).filter(kind -> kind.says.matcher(message).find()).findFirst();
  }
}
