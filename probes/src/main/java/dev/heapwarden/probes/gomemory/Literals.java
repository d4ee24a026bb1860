package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GlobalVariables;
import dev.heapwarden.probes.go.GlobalVariables.Area;
import dev.heapwarden.probes.go.GlobalVariables.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What lies between the global variables of a program and has no name: the composite literals of
 * its source, such as {@code cache{}} of {@code var pages = &cache{}}. Each begins where somebody
 * refers to it, and is whoever's who does.
 */
final class Literals {
  private static final int BEGINNINGS = 100_000;

  private Literals() {}

  /** The variables and, with an empty name, the literals, by their address in the process. */
  static List<Variable> between(GlobalVariables globals, HeapPages pages, long bias) {
    var all = new ArrayList<Variable>();
    for (var variable : globals.variables()) {
      all.add(new Variable(variable.name(), variable.address() + bias, variable.size()));
    }
    var sections =
        globals.sections().stream()
            .map(section -> new Area(section.address() + bias, section.size()))
            .toList();
    var beginnings = beginnings(sections, pages);
    for (var gap : gaps(all, sections)) {
      long from = gap.address();
      for (long next : beginnings.subSet(from, false, gap.end(), false)) {
        all.add(new Variable("", from, next - from));
        from = next;
      }
      all.add(new Variable("", from, gap.end() - from));
    }
    all.sort(Comparator.comparingLong(Variable::address));
    return all;
  }

  private static NavigableSet<Long> beginnings(List<Area> sections, HeapPages pages) {
    var beginnings = new TreeSet<Long>();
    for (var section : sections) {
      for (long at = section.address() + 7 & -8L;
          at + Long.BYTES <= section.end() && !pages.cut();
          at += Long.BYTES) {
        long word = pages.word(at);
        if (sections.stream().anyMatch(held -> word >= held.address() && word < held.end())
            && beginnings.size() < BEGINNINGS) {
          beginnings.add(word & -Long.BYTES);
        }
      }
    }
    return beginnings;
  }

  private static List<Area> gaps(List<Variable> variables, List<Area> sections) {
    var gaps = new ArrayList<Area>();
    int next = 0;
    for (var section : sections) {
      long end = section.address();
      for (; next < variables.size() && variables.get(next).address() < section.end(); next++) {
        var variable = variables.get(next);
        if (variable.address() > end) {
          gaps.add(new Area(end, variable.address() - end));
        }
        end = Math.max(end, variable.address() + variable.size());
      }
      if (end < section.end()) {
        gaps.add(new Area(end, section.end() - end));
      }
    }
    return gaps;
  }
}
