package dev.heapwarden.probes.probe;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A release of bpftrace. The agent's programs are in its language, and the agent reads what it
 * prints; both change with it, so that others are refused.
 *
 * <p>Before 0.23 a map that is full is not told unless asked for (its CHANGELOG.md, 0.23.0:
 * "surface some BPF errors by default"), before 0.20 there is no {@code config} block (0.20.0: "New
 * config block syntax"), and 0.17 has no {@code rawtracepoint}. The oldest and the newest that are
 * understood were run on every program of the agent, as 0.23.2 and 0.27.1.
 */
record BpftraceVersion(int major, int minor) {
  private static final BpftraceVersion OLDEST = new BpftraceVersion(0, 23);
  private static final BpftraceVersion NEWEST = new BpftraceVersion(0, 27);

  /** What {@code bpftrace --version} prints. */
  private static final Pattern SAID =
      Pattern.compile("bpftrace v([0-9]{1,4})\\.([0-9]{1,4})([.+~-].{0,60})?");

  /**
   * Why a bpftrace is not run; empty when it is.
   *
   * @param said when it was asked for its version
   */
  static Optional<String> refusal(String said) {
    var version = SAID.matcher(said);
    if (!version.matches()) {
      return Optional.of("it does not tell its version: " + said);
    }
    var of =
        new BpftraceVersion(Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)));
    return of.major == OLDEST.major && of.minor >= OLDEST.minor && of.minor <= NEWEST.minor
        ? Optional.empty()
        : Optional.of(
            "%s is not understood, %s to %s are"
                .formatted(said.substring("bpftrace v".length()), OLDEST, NEWEST));
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
