package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.api.ApiServer;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.Plan;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** An action where what the API server denies is an answer, in its words, and no failure. */
record Tried(Action action) {
  /** What the operator may not even look at it cannot do: people see which right is missing. */
  Plan plan(Round round) {
    try {
      return action.plan(round.situation());
    } catch (KubernetesClientException e) {
      return new Plan.Refuse(round.workload(), denial(e));
    }
  }

  Acted act(Round round, Step step) {
    try {
      return action.act(round.situation(), step);
    } catch (KubernetesClientException e) {
      return new Acted.No(denial(e));
    }
  }

  /** What cannot be looked at is found out by acting. */
  boolean isActed(Round round, Step step) {
    try {
      return action.isActed(round.situation(), step);
    } catch (KubernetesClientException e) {
      throwUnlessDenied(e);
      return false;
    }
  }

  /**
   * Asking again changes nothing.
   *
   * @throws KubernetesClientException any other failure
   */
  private static String denial(KubernetesClientException failure) {
    throwUnlessDenied(failure);
    return ApiServer.denial(failure);
  }

  private static void throwUnlessDenied(KubernetesClientException failure) {
    if (!ApiServer.isDenial(failure)) {
      throw failure;
    }
  }
}
