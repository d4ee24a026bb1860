package dev.heapwarden.operator.report;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Publishes Kubernetes Events. The same reason and message about the same object is one Event with
 * a count.
 */
public interface EventRecorder {
  void record(HasMetadata about, Reason reason, String message);
}
