package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.NavigableMap;

/** Whether variables that were rolled out have their effect. */
public interface InForce {
  /**
   * Looks into a new pod.
   *
   * @param environment what was set
   * @param deployment all of whose pods are new
   * @return done with what is in force, or failed with what is not and why
   */
  Seen look(Situation situation, NavigableMap<String, String> environment, Deployment deployment);
}
