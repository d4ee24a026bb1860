package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where the response stands. */
public enum Phase {
  /** Nothing was done yet, or nothing may be done. */
  @JsonProperty("Open")
  OPEN(false),
  @JsonProperty("Diagnosing")
  DIAGNOSING(false),
  @JsonProperty("Isolating")
  ISOLATING(false),
  @JsonProperty("Intervening")
  INTERVENING(false),
  @JsonProperty("Verifying")
  VERIFYING(false),
  /** Growth is within noise. */
  @JsonProperty("Resolved")
  RESOLVED(true),
  /** It still leaks, but the limit is farther away; the outcome says by how much. */
  @JsonProperty("Mitigated")
  MITIGATED(true),
  /** It did not help, and what was done is undone. */
  @JsonProperty("RolledBack")
  ROLLED_BACK(true),
  /** All that was allowed is done or refused, and it still leaks. */
  @JsonProperty("NeedsHuman")
  NEEDS_HUMAN(true);

  private final boolean terminal;

  Phase(boolean terminal) {
    this.terminal = terminal;
  }

  /** True when no further step follows by itself; TTLs and undo still do. */
  public boolean terminal() {
    return terminal;
  }
}
