package dev.heapwarden.probes.go;

import dev.heapwarden.probes.go.RuntimeVariables.Variable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds variables of Go's runtime without symbols, on amd64: where the code of functions that
 * {@code .gopclntab} names refers to them. A variable is the one place that all functions of
 * references.txt refer to in the way that is said there. Where there is none such, or several, it
 * is not found: nothing is guessed.
 */
final class CodeReferences {
  /** The largest of those functions have 4 KiB. */
  private static final int FUNCTION_LIMIT = 64 * 1024;

  private static final List<Reference> REFERENCES = references();

  private record Reference(String variable, int offset, Operand operand, String function) {}

  private final ElfFile elf;
  private final Map<String, FunctionTable.Span> functions;

  private CodeReferences(ElfFile elf, Map<String, FunctionTable.Span> functions) {
    this.elf = elf;
    this.functions = functions;
  }

  /**
   * Looks for them.
   *
   * @param wanted names of variables
   * @return those that were found, without their size, and why the others were not
   * @throws BinaryFormatException when the table contradicts itself
   */
  static RuntimeVariables find(ElfFile elf, FunctionTable table, Set<String> wanted)
      throws IOException {
    var names = REFERENCES.stream().map(Reference::function).collect(Collectors.toSet());
    var code = new CodeReferences(elf, table.spans(elf, names));
    var found = new HashMap<String, Variable>();
    var refusals = new HashMap<String, String>();
    for (var variable : wanted) {
      var absent = code.absent(variable);
      var places = absent.isEmpty() ? code.places(variable) : Set.<Long>of();
      if (places.size() == 1) {
        found.put(variable, new Variable(places.iterator().next(), 0));
      } else {
        refusals.put(
            variable,
            absent.isEmpty()
                ? "stripped: its code refers to %d places that may be %s"
                    .formatted(places.size(), variable)
                : "stripped: it has no %s, which would tell where %s is"
                    .formatted(String.join(" and no ", absent), variable));
      }
    }
    return new RuntimeVariables(found, refusals);
  }

  /** Functions that refer to a variable and that the program does not have. */
  private List<String> absent(String variable) {
    return of(variable).stream()
        .map(Reference::function)
        .distinct()
        .filter(function -> !functions.containsKey(function))
        .toList();
  }

  /** Where a variable may be. */
  private Set<Long> places(String variable) throws IOException {
    Set<Long> places = null;
    for (var reference : of(variable)) {
      var here = places(reference);
      if (places == null) {
        places = here;
      } else {
        places.retainAll(here);
      }
    }
    return places == null ? Set.of() : places;
  }

  private Set<Long> places(Reference reference) throws IOException {
    var function = Objects.requireNonNull(functions.get(reference.function()));
    if (function.length() > FUNCTION_LIMIT) {
      throw new BinaryFormatException(
          "%s has %d bytes".formatted(reference.function(), function.length()));
    }
    var code = elf.bytes(elf.offsetAt(function.address()), (int) function.length());
    var places = new HashSet<Long>();
    for (long address : reference.operand().addresses(code, function.address())) {
      if (elf.writable(address)) {
        places.add(address - reference.offset());
      }
    }
    return places;
  }

  private static List<Reference> of(String variable) {
    return REFERENCES.stream().filter(entry -> entry.variable().equals(variable)).toList();
  }

  private static List<Reference> references() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(CodeReferences.class.getResourceAsStream("references.txt")),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> line.startsWith("runtime."))
          .map(line -> line.split(" +", -1))
          .map(
              words ->
                  new Reference(
                      words[0], Integer.parseInt(words[1]), Operand.named(words[2]), words[3]))
          .toList();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
