package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GlobalVariables;
import dev.heapwarden.probes.go.GlobalVariables.Owner;
import dev.heapwarden.probes.go.GlobalVariables.Variable;
import dev.heapwarden.probes.go.RuntimeVariables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who holds the heap of a Go program, from its memory: its global variables, and its goroutines by
 * what lies on their stacks; pending timers; and finalizers, which keep their objects and what
 * those refer to.
 *
 * @param heapInUse bytes of all spans with objects, garbage and free places included
 * @param bytes of the objects that were reached
 * @param objects that were reached
 * @param cut whether a limit was reached before the whole heap was followed
 * @param holders most bytes first
 */
public record HeapHolders(
    long heapInUse, long bytes, long objects, boolean cut, List<HeapHolder> holders) {
  private static final String NAMELESS = "variables without a name";
  private static final String TIMERS = "timers";
  private static final String FINALIZERS = "finalizers";

  public HeapHolders {
    holders = List.copyOf(holders);
  }

  /** The same with the first of its holders only. */
  public HeapHolders largest(int most) {
    return new HeapHolders(heapInUse, bytes, objects, cut, holders.stream().limit(most).toList());
  }

  /**
   * Reads them. The own variables of the program and of its modules come first, then its goroutines
   * and timers, then the standard library: what several hold is the first one's.
   *
   * @param globals of the program
   * @throws dev.heapwarden.probes.target.MemoryException when the process ends meanwhile
   */
  static HeapHolders read(GoProcess process, ProgramText text, GlobalVariables globals)
      throws IOException {
    long inUse =
        process
            .memory()
            .word(
                process.address(RuntimeVariables.COLLECTOR)
                    + process.layout().at("runtime.gcControllerState.heapInUse"));
    var pages = new HeapPages(process.memory());
    var variables = Literals.between(globals, pages, process.bias());
    var spans = HeapSpans.read(process);
    var walk = new HeapWalk(pages, spans, variables);
    var processors = Processors.read(process);
    var finalized = new FinalizedObjects(process.layout(), pages, spans);
    var holders = new Reading(process, text, variables, processors, finalized, walk).all();
    if (!process.memory().exhausted()) {
      // Throws when it has ended: then nothing was to be read either.
      process.memory().word(process.address(RuntimeVariables.HEAP));
    }
    return new HeapHolders(
        inUse,
        holders.stream().mapToLong(HeldObjects::bytes).sum(),
        holders.stream().mapToLong(HeldObjects::objects).sum(),
        walk.cut() || process.memory().exhausted(),
        holders.stream()
            .filter(held -> held.objects() > 0)
            .map(HeldObjects::holder)
            .sorted(Comparator.comparingLong(HeapHolder::bytes).reversed())
            .toList());
  }

  private record Reading(
      GoProcess process,
      ProgramText text,
      List<Variable> variables,
      List<Long> processors,
      FinalizedObjects finalized,
      HeapWalk walk) {

    List<HeldObjects> all() throws IOException {
      var holders = new ArrayList<HeldObjects>();
      variables(Owner.PROGRAM, holders);
      timers(holders);
      var stacks = GoroutineStacks.read(process, text);
      goroutines(stacks, owner -> owner != Owner.RUNTIME, holders);
      variables(Owner.STANDARD_LIBRARY, holders);
      goroutines(stacks, owner -> owner == Owner.RUNTIME, holders);
      variables(Owner.RUNTIME, holders);
      literals(holders);
      finalizers(holders);
      return holders;
    }

    private void variables(Owner owner, List<HeldObjects> holders) {
      for (int i = 0; i < variables.size(); i++) {
        var name = variables.get(i).name();
        if (!name.isEmpty() && GlobalVariables.owner(name) == owner) {
          var held = new HeldObjects(HeapHolder.Kind.VARIABLE, name);
          walk.scan(i, held);
          holders.add(held);
        }
      }
      walk.follow();
    }

    /** Those to which nothing else refers. */
    private void literals(List<HeldObjects> holders) {
      var held = new HeldObjects(HeapHolder.Kind.VARIABLE, NAMELESS);
      for (int i = 0; i < variables.size(); i++) {
        if (variables.get(i).name().isEmpty()) {
          walk.scan(i, held);
        }
      }
      walk.follow();
      holders.add(held);
    }

    /** They are followed with the goroutines that come next: a stack that uses one is nearer. */
    private void timers(List<HeldObjects> holders) {
      var held = new HeldObjects(HeapHolder.Kind.TIMERS, TIMERS);
      // The pointer of a slice, which since Go 1.23 is in a struct of its own.
      int list =
          process
              .layout()
              .find("runtime.p.timers.heap")
              .orElseGet(() -> process.layout().at("runtime.p.timers"));
      for (long processor : processors) {
        walk.scan(processor + list, Long.BYTES, held);
      }
      holders.add(held);
    }

    private void finalizers(List<HeldObjects> holders) {
      var held = new HeldObjects(HeapHolder.Kind.FINALIZERS, FINALIZERS);
      finalized.visit(object -> walk.take(object, held));
      walk.follow();
      holders.add(held);
    }

    private void goroutines(
        Map<String, List<GoroutineStacks.Used>> stacks,
        Predicate<Owner> which,
        List<HeldObjects> holders) {
      stacks.forEach(
          (function, used) -> {
            if (which.test(GlobalVariables.owner(function))) {
              var held = new HeldObjects(HeapHolder.Kind.GOROUTINES, function);
              used.forEach(stack -> walk.scan(stack.address(), stack.bytes(), held));
              holders.add(held);
            }
          });
      walk.follow();
    }
  }
}
