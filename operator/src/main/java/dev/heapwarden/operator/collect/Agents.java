package dev.heapwarden.operator.collect;

import java.util.List;

/** Which agents there are. */
public interface Agents {
  /** Those that can be asked now. */
  List<Agent> agents();

  /** Whether they are known: before that none are is no news. */
  boolean synced();
}
