package dev.heapwarden.operator.evaluate;

import java.lang.module.ModuleDescriptor.Version;
import java.net.URI;

/**
 * What is known of releases of a runtime.
 *
 * @param runtime as its versions begin, such as {@code go}
 * @param affected the first release of which it is true
 * @param mended the first one after it of which it is not
 * @param what such a release does, as a clause
 * @param source where that is written
 */
record RuntimeAdvisory(String runtime, Version affected, Version mended, String what, URI source) {
  boolean speaksOf(String otherRuntime, Version version) {
    return runtime.equals(otherRuntime)
        && affected.compareTo(version) <= 0
        && version.compareTo(mended) < 0;
  }

  /** For people. */
  String sentence(Version version) {
    return " Beside that, in %s%s %s; %s%s does not (%s)."
        .formatted(runtime, version, what, runtime, mended, source);
  }
}
