package dev.heapwarden.probes.heap;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import shark.HeapField;
import shark.HeapGraph;
import shark.HeapObject;
import shark.HeapObject.HeapClass;
import shark.HeapObject.HeapInstance;
import shark.HeapObject.HeapObjectArray;

/** What an object of a dump refers to, weak references left out: they hold nothing. */
final class References {
  private static final String REFERENCE = "java.lang.ref.Reference";
  private static final List<String> WEAK =
      List.of("java.lang.ref.WeakReference", "java.lang.ref.PhantomReference");

  private final Set<Long> weak = new HashSet<>();

  References(HeapGraph graph) {
    for (var name : WEAK) {
      var type = graph.findClassByName(name);
      if (type != null) {
        weak.add(type.getObjectId());
        type.getSubclasses().iterator().forEachRemaining(sub -> weak.add(sub.getObjectId()));
      }
    }
  }

  /** Is told of each reference. */
  interface Visitor {
    /**
     * One reference.
     *
     * @param field null for an element of an array
     * @param target id of the object
     * @return whether to go on
     */
    boolean visit(@Nullable HeapField field, long target);
  }

  void visit(HeapObject object, Visitor visitor) {
    switch (object) {
      case HeapClass type -> fields(type.readStaticFields().iterator(), false, visitor);
      case HeapInstance instance -> {
        // A text's only reference is to its characters.
        if (instance.getInstanceClass().getHasReferenceInstanceFields()
            && !instance.getInstanceClassName().equals("java.lang.String")) {
          fields(
              instance.readFields().iterator(),
              weak.contains(instance.getInstanceClassId()),
              visitor);
        }
      }
      case HeapObjectArray array -> elements(array, visitor);
      default -> {}
    }
  }

  /** Of a weak reference, what java.lang.ref.Reference itself declares is skipped. */
  private static void fields(Iterator<HeapField> fields, boolean weak, Visitor visitor) {
    boolean more = true;
    while (more && fields.hasNext()) {
      var field = fields.next();
      var target = field.getValue().getAsNonNullObjectId();
      if (target != null && !(weak && field.getDeclaringClass().getName().equals(REFERENCE))) {
        more = visitor.visit(field, target);
      }
    }
  }

  private static void elements(HeapObjectArray array, Visitor visitor) {
    for (long target : array.readRecord().getElementIds()) {
      if (target != 0 && !visitor.visit(null, target)) {
        return;
      }
    }
  }
}
