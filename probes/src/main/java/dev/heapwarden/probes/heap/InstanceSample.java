package dev.heapwarden.probes.heap;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some instances of a class and who holds them, without what they hold: names, types and sizes
 * only.
 *
 * @param instances all there are of that class itself
 * @param sample some of them, spread evenly over the heap
 * @param holders of the sample, those that hold most first
 */
public record InstanceSample(
    String className, long instances, List<Instance> sample, List<Holder> holders) {
  public InstanceSample {
    sample = List.copyOf(sample);
    holders = List.copyOf(holders);
  }

  /**
   * One instance.
   *
   * @param id its address in the dump, hex
   * @param bytes of its own fields, as the dump has them
   */
  public record Instance(String id, int bytes, List<Field> fields) {
    public Instance {
      fields = List.copyOf(fields);
    }
  }

  /**
   * One field of an instance; the value of a primitive one is left out.
   *
   * @param type of the field where it is primitive or null, else of the object that it refers to
   * @param size elements of an array, bytes of a text, entries of a collection of java.util
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Field(String name, String type, @Nullable Long size) {}

  /**
   * One way from a root to instances of the sample.
   *
   * @param root where it begins, such as static Orders.CACHE (ConcurrentHashMap)
   * @param chain the fields on the way, such as java.util.HashMap.table[]
   * @param instances their ids
   */
  public record Holder(String root, List<String> chain, List<String> instances) {
    public Holder {
      chain = List.copyOf(chain);
      instances = List.copyOf(instances);
    }
  }
}
