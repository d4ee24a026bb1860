package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.sample.ClassCount;
import java.util.List;

/** Is told the class counts of each look, oldest first, where a young collection preceded each. */
@FunctionalInterface
public interface ClassWitness {
  void counted(ContainerKey container, long pid, List<ClassCount> counts);
}
