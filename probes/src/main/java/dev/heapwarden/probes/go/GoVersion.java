package dev.heapwarden.probes.go;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Go release as its binaries name it.
 *
 * @param text such as go1.26.8, or go1.24.0 X:noswissmap
 * @param minor 26 for go1.26.8
 */
public record GoVersion(String text, int minor) {
  /** The releases whose layouts were checked; others are refused, never guessed. */
  public static final int OLDEST_MINOR = 21;

  public static final int NEWEST_MINOR = 27;

  private static final Pattern RELEASE =
      Pattern.compile("go1\\.([0-9]{1,3})(?:\\.[0-9]+|rc[0-9]+|beta[0-9]+)?(?:[ +-].*)?");

  /** Swiss tables are the maps since 1.24, unless the program was built without them. */
  private static final int FIRST_SWISS = 24;

  /** Empty for development builds, whose layouts no number tells. */
  public static Optional<GoVersion> parse(String text) {
    var matcher = RELEASE.matcher(text);
    return matcher.matches()
        ? Optional.of(new GoVersion(text, Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }

  public boolean supported() {
    return minor >= OLDEST_MINOR && minor <= NEWEST_MINOR;
  }

  /** Whether maps are internal/runtime/maps.Map rather than runtime.hmap. */
  public boolean swissMaps() {
    return minor >= FIRST_SWISS && !text.contains("noswissmap");
  }
}
