package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CellTest {
  @Test
  void everyPairOfValuesIsAmongTheFewCellsOfTheDefaultRun() {
    var all = Cell.all();
    var few = Cell.pairwise(all);

    assertThat(all).hasSize(360).doesNotHaveDuplicates();
    assertThat(few).hasSizeLessThan(40);
    assertThat(few.stream().flatMap(cell -> cell.pairs().stream()))
        .containsAll(all.stream().flatMap(cell -> cell.pairs().stream()).distinct().toList());
  }

  /** A value of which every cell is left out, such as a collector that no JDK has. */
  @Test
  void pairsThatCannotBeAreNotAskedFor() {
    var some = Cell.all().stream().filter(cell -> cell.gc() != Cell.Gc.SHENANDOAH).toList();

    assertThat(Cell.pairwise(some)).isNotEmpty().isSubsetOf(some);
  }
}
