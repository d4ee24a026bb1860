package dev.heapwarden.probes.heap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import shark.GcRoot;
import shark.HeapGraph;
import shark.HeapObject;

/**
 * Who holds objects: the shortest way from a root to each, by one breadth-first walk. Static fields
 * are tried first, since people know those by their names; other roots only for what no static
 * field leads to.
 */
final class Holders {
  private static final int UNSEEN = -1;
  private static final int ROOT = -2;

  private final HeapGraph graph;
  private final References references;
  private final Set<Integer> wanted;

  /** By the index of an object: the index of the one that leads to it. */
  private final int[] leader;

  private final int[] queue;
  private int begun;
  private int queued;

  private Holders(HeapGraph graph, Set<Integer> wanted) {
    this.graph = graph;
    this.references = new References(graph);
    this.wanted = new HashSet<>(wanted);
    leader = new int[graph.getObjectCount()];
    Arrays.fill(leader, UNSEEN);
    queue = new int[graph.getObjectCount()];
  }

  /**
   * Walks until all are found.
   *
   * @param wanted indices of objects
   */
  static Holders of(HeapGraph graph, Set<Integer> wanted) {
    var holders = new Holders(graph, wanted);
    graph
        .getClasses()
        .iterator()
        .forEachRemaining(type -> holders.reach(type.getObjectIndex(), ROOT));
    holders.walk();
    for (var root : graph.getGcRoots()) {
      holders.reachId(root.getId(), ROOT);
    }
    holders.walk();
    return holders;
  }

  /**
   * One way to an object.
   *
   * @param root where it begins
   * @param chain the fields on the way
   */
  record Way(String root, List<String> chain) {}

  /** The way to an object; empty where only weak references lead to it. */
  Optional<Way> to(int index) {
    if (leader[index] == UNSEEN) {
      return Optional.empty();
    }
    Deque<HeapObject> path = new ArrayDeque<>();
    for (int at = index; at != ROOT; at = leader[at]) {
      path.push(object(at));
    }
    var first = path.pop();
    var chain = new ArrayList<String>();
    if (!(first instanceof HeapObject.HeapClass type)) {
      var root = "%s (%s)".formatted(root(first), Names.simple(Names.of(first)));
      follow(first, path, chain);
      return Optional.of(new Way(root, chain));
    }
    var value = path.pop();
    var root =
        "static %s.%s (%s)"
            .formatted(Names.of(type), field(type, value), Names.simple(Names.of(value)));
    follow(value, path, chain);
    return Optional.of(new Way(root, chain));
  }

  private void follow(HeapObject from, Deque<HeapObject> path, List<String> chain) {
    var holder = from;
    for (var held : path) {
      add(chain, holder, held);
      holder = held;
    }
  }

  /** Elements are those of the field before; a chain of equals is one step however long it is. */
  private void add(List<String> chain, HeapObject holder, HeapObject held) {
    var owner = Names.of(holder);
    if (holder instanceof HeapObject.HeapObjectArray) {
      chain.add(chain.isEmpty() ? owner : chain.removeLast() + "[]");
      return;
    }
    var step = owner.equals(Names.of(held)) ? owner + " links" : owner + "." + field(holder, held);
    if (chain.isEmpty() || !chain.getLast().equals(step)) {
      chain.add(step);
    }
  }

  private String field(HeapObject holder, HeapObject held) {
    var name = new StringBuilder();
    references.visit(
        holder,
        (field, target) -> {
          if (target == held.getObjectId() && field != null) {
            name.append(field.getName());
            return false;
          }
          return true;
        });
    return Names.bounded(name.toString());
  }

  private String root(HeapObject object) {
    return graph.getGcRoots().stream()
        .filter(root -> root.getId() == object.getObjectId())
        .findFirst()
        .map(Holders::text)
        .orElse("root");
  }

  private static String text(GcRoot root) {
    return switch (root) {
      case GcRoot.JavaFrame _ -> "local variable of a thread";
      case GcRoot.JniLocal _ -> "local JNI reference";
      case GcRoot.JniGlobal _ -> "global JNI reference";
      case GcRoot.ThreadObject _ -> "thread";
      case GcRoot.MonitorUsed _ -> "monitor in use";
      default -> root.getClass().getSimpleName();
    };
  }

  /** An array of primitives leads nowhere, and Shark 2.14 gives it a wrong index. */
  private void reachId(long id, int from) {
    var object = graph.findObjectByIdOrNull(id);
    if (object != null && !(object instanceof HeapObject.HeapPrimitiveArray)) {
      reach(object.getObjectIndex(), from);
    }
  }

  private void reach(int index, int from) {
    if (leader[index] == UNSEEN) {
      leader[index] = from;
      queue[queued++] = index;
      wanted.remove(index);
    }
  }

  /** Shark 2.14 finds no object by the index 0, which is the first class. */
  private HeapObject object(int index) {
    return index == 0 ? graph.getClasses().iterator().next() : graph.findObjectByIndex(index);
  }

  private void walk() {
    while (begun < queued && !wanted.isEmpty()) {
      int index = queue[begun++];
      references.visit(
          object(index),
          (_, target) -> {
            reachId(target, index);
            return true;
          });
    }
  }
}
