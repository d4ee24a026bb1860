package dev.heapwarden.probes.heap;

import dev.heapwarden.probes.heap.InstanceSample.Field;
import dev.heapwarden.probes.heap.InstanceSample.Holder;
import dev.heapwarden.probes.heap.InstanceSample.Instance;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import shark.HeapField;
import shark.HeapGraph;
import shark.HeapObject;
import shark.HeapObject.HeapInstance;
import shark.HeapObject.HeapObjectArray;
import shark.HeapObject.HeapPrimitiveArray;
import shark.HprofHeapGraph;
import shark.HprofRecordTag;
import shark.ValueHolder;

/** Finds instances of a class in a dump, and who holds them. */
final class InstanceSearch {
  private static final int FIELDS = 40;
  private static final int STEPS = 30;

  /** Where the collections of java.util keep how many entries they have (JDK 17 and 25). */
  private static final Set<String> COUNTS = Set.of("size", "count", "elementCount");

  /** Where several threads write to it at once, it counts in cells besides (JDK 17 and 25). */
  private static final String CONCURRENT_MAP = "java.util.concurrent.ConcurrentHashMap";

  private static final String BASE_COUNT = "baseCount";

  private InstanceSearch() {}

  /**
   * Searches a dump.
   *
   * @param limit of the sample
   */
  static InstanceSample search(FileChannel dump, String className, int limit) throws Exception {
    var roots =
        Arrays.stream(HprofRecordTag.values())
            .filter(tag -> tag.name().startsWith("ROOT_"))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(HprofRecordTag.class)));
    try (var graph = HprofHeapGraph.Companion.openHeapGraph(new DumpSource(dump), null, roots)) {
      return search(graph, className, limit);
    }
  }

  private static InstanceSample search(HeapGraph graph, String className, int limit) {
    var types = new HashSet<Long>();
    graph
        .getClasses()
        .iterator()
        .forEachRemaining(
            type -> {
              if (type.getName().equals(className)) {
                types.add(type.getObjectId());
              }
            });
    long count = 0;
    for (var all = graph.getInstances().iterator(); all.hasNext(); ) {
      count += types.contains(all.next().getInstanceClassId()) ? 1 : 0;
    }
    var sample = spread(graph, types, count, limit);
    var holders =
        Holders.of(
            graph, sample.stream().map(HeapObject::getObjectIndex).collect(Collectors.toSet()));
    return new InstanceSample(
        className,
        count,
        sample.stream().map(InstanceSearch::describe).toList(),
        merge(sample, holders));
  }

  /** As many as the limit, at equal distances. */
  private static List<HeapInstance> spread(
      HeapGraph graph, Set<Long> types, long count, int limit) {
    var sample = new ArrayList<HeapInstance>();
    long number = 0;
    for (var all = graph.getInstances().iterator();
        all.hasNext() && sample.size() < Math.min(limit, count); ) {
      var instance = all.next();
      if (types.contains(instance.getInstanceClassId())) {
        if (number >= sample.size() * count / limit || count <= limit) {
          sample.add(instance);
        }
        number++;
      }
    }
    return sample;
  }

  private static List<Holder> merge(List<HeapInstance> sample, Holders holders) {
    var nothing = new Holders.Way("nothing but weak references", List.of());
    var ways = new LinkedHashMap<Holders.Way, List<String>>();
    for (var instance : sample) {
      ways.computeIfAbsent(
              holders.to(instance.getObjectIndex()).orElse(nothing), _ -> new ArrayList<>())
          .add(id(instance));
    }
    return ways.entrySet().stream()
        .map(way -> new Holder(way.getKey().root(), cut(way.getKey().chain()), way.getValue()))
        .sorted(Comparator.comparingInt((Holder holder) -> holder.instances().size()).reversed())
        .toList();
  }

  private static List<String> cut(List<String> chain) {
    if (chain.size() <= STEPS) {
      return chain;
    }
    var cut = new ArrayList<>(chain.subList(0, STEPS / 2));
    cut.add("%d more".formatted(chain.size() - 2 * (STEPS / 2)));
    cut.addAll(chain.subList(chain.size() - STEPS / 2, chain.size()));
    return cut;
  }

  private static Instance describe(HeapInstance instance) {
    var fields = new ArrayList<Field>();
    for (var all = instance.readFields().iterator(); all.hasNext() && fields.size() < FIELDS; ) {
      fields.add(describe(all.next()));
    }
    return new Instance(id(instance), instance.getByteSize(), fields);
  }

  private static String id(HeapInstance instance) {
    return Long.toHexString(instance.getObjectId());
  }

  private static Field describe(HeapField field) {
    var name = Names.bounded(field.getName());
    var object = field.getValue().getAsObject();
    return object == null
        ? new Field(name, primitive(field.getValue().getHolder()), null)
        : new Field(name, Names.of(object), size(object));
  }

  private static String primitive(ValueHolder value) {
    return switch (value) {
      case ValueHolder.BooleanHolder _ -> "boolean";
      case ValueHolder.ByteHolder _ -> "byte";
      case ValueHolder.CharHolder _ -> "char";
      case ValueHolder.ShortHolder _ -> "short";
      case ValueHolder.IntHolder _ -> "int";
      case ValueHolder.LongHolder _ -> "long";
      case ValueHolder.FloatHolder _ -> "float";
      case ValueHolder.DoubleHolder _ -> "double";
      default -> "null";
    };
  }

  private static @Nullable Long size(HeapObject object) {
    return switch (object) {
      case HeapObjectArray array ->
          (long) array.getByteSize() / array.getGraph().getIdentifierByteSize();
      case HeapPrimitiveArray array ->
          (long) array.getByteSize() / array.getPrimitiveType().getByteSize();
      case HeapInstance instance when instance.getInstanceClassName().equals("java.lang.String") ->
          text(instance);
      case HeapInstance instance when instance.getInstanceClassName().startsWith("java.util.") ->
          entries(instance);
      default -> null;
    };
  }

  private static @Nullable Long text(HeapInstance string) {
    var value = string.get("java.lang.String", "value");
    var characters = value == null ? null : value.getValueAsPrimitiveArray();
    return characters == null ? null : (long) characters.getByteSize();
  }

  private static @Nullable Long entries(HeapInstance collection) {
    for (var fields = collection.readFields().iterator(); fields.hasNext(); ) {
      var field = fields.next();
      if (COUNTS.contains(field.getName())) {
        var value = field.getValue();
        return value.getAsInt() == null ? value.getAsLong() : Long.valueOf(value.getAsInt());
      }
      if (field.getName().equals(BASE_COUNT)) {
        return counted(field) + counted(collection.get(CONCURRENT_MAP, "counterCells"));
      }
    }
    return null;
  }

  /** A number, or the sum of those of an array of cells; 0 of null. */
  private static long counted(@Nullable HeapField field) {
    if (field == null || field.getValue().isNullReference()) {
      return 0;
    }
    if (!(field.getValue().getAsObject() instanceof HeapObjectArray cells)) {
      return Objects.requireNonNullElse(field.getValue().getAsLong(), 0L);
    }
    long sum = 0;
    for (var all = cells.readElements().iterator(); all.hasNext(); ) {
      sum +=
          all.next().getAsObject() instanceof HeapInstance cell
              ? counted(cell.get(CONCURRENT_MAP + "$CounterCell", "value"))
              : 0;
    }
    return sum;
  }
}
