package dev.heapwarden.probes.heap;

import shark.HeapObject;

/** Names of classes in a dump, as the program's source has them. */
final class Names {
  /** Longer ones are cut: a class file may hold 65,535 bytes. */
  private static final int LONGEST = 200;

  private Names() {}

  static String of(HeapObject object) {
    return bounded(
        switch (object) {
          case HeapObject.HeapClass type -> type.getName();
          case HeapObject.HeapInstance instance -> instance.getInstanceClassName();
          case HeapObject.HeapObjectArray array -> array.getArrayClassName();
          case HeapObject.HeapPrimitiveArray array -> array.getArrayClassName();
          default -> throw new IllegalArgumentException("no object of a dump: " + object);
        });
  }

  /** Without its package. */
  static String simple(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static String bounded(String name) {
    return name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "...";
  }
}
