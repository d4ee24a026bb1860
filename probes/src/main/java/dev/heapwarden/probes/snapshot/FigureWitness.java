package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Signal;
import java.util.Map;

/** Is told the figures of a container that evidence holds and rules may speak of. */
@FunctionalInterface
public interface FigureWitness {
  void measured(ContainerKey container, Map<Signal, Double> figures);
}
