package dev.heapwarden.operator.report;

import dev.heapwarden.crds.incident.LeakIncident;
import java.time.Duration;
import java.util.List;

/** What the operator knows at the moment of a scrape. Called by any thread. */
public interface OperatorState {
  /** Whether this replica is the one that asks agents and reconciles. */
  boolean leading();

  /** Agents that answered within the time allowed, or are too new to have. */
  long answeringAgents();

  /** Agents that did not. */
  long silentAgents();

  /** Since the agent that was last read longest ago answered; zero without agents. */
  Duration sampleLag();

  /** Containers that agents watch. */
  long watched();

  /** Those of them with every probe attached. */
  long attached();

  /** Policies that were evaluated. */
  long policies();

  /** Age of the oldest among the newest verdicts; zero without verdicts. */
  Duration verdictAge();

  /** Every container that a policy governs. */
  List<Standing> standings();

  /** Every incident that is kept. */
  List<LeakIncident> incidents();
}
