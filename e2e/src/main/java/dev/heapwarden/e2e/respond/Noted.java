package dev.heapwarden.e2e.respond;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Set;

/** Remembers every pod that was ever seen. */
record Noted(Set<String> names) implements ResourceEventHandler<Pod> {
  @Override
  public void onAdd(Pod pod) {
    names.add(pod.getMetadata().getName());
  }

  @Override
  public void onUpdate(Pod before, Pod after) {}

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {}
}
