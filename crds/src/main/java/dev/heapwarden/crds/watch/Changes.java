package dev.heapwarden.crds.watch;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/**
 * Tells that something may have changed, and not what.
 *
 * @param onChange must return at once
 */
public record Changes<T>(Runnable onChange) implements ResourceEventHandler<T> {
  @Override
  public void onAdd(T added) {
    onChange.run();
  }

  @Override
  public void onUpdate(T before, T after) {
    onChange.run();
  }

  @Override
  public void onDelete(T deleted, boolean finalStateUnknown) {
    onChange.run();
  }
}
