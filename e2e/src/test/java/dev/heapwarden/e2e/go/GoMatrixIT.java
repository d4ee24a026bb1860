package dev.heapwarden.e2e.go;

import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The attach matrix: every Go release that is supported, with symbols, stripped, position
 * independent, linked by the C compiler, and all of that at once; a map of each kind in each. It
 * needs root, and bpftrace from the agent's image, which comes with the cluster: {@code mvn verify
 * -Pmatrix}.
 */
@Tag("matrix")
@Isolated("rates are measured")
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoMatrixIT {
  private final GoMatrix matrix;

  GoMatrixIT(Cluster cluster) throws IOException, InterruptedException {
    matrix = new GoMatrix();
  }

  @AfterAll
  void close() throws IOException {
    matrix.close();
  }

  @TestFactory
  Stream<DynamicTest> eachProbeIsAttached() {
    return each(matrix::eachProbeIsAttachedTo);
  }

  @TestFactory
  Stream<DynamicTest> theLiveHeapIsWhatTheRuntimeSays() {
    return each(matrix::theLiveHeapIsWhatTheRuntimeSays);
  }

  @TestFactory
  Stream<DynamicTest> theMarkTerminationIsWhatTheRuntimeSays() {
    return each(matrix::theMarkTerminationIsWhatTheRuntimeSays);
  }

  @TestFactory
  Stream<DynamicTest> everyMapThatGrowsIsToldWithItsTypeItsLineAndItsSize() {
    return each(matrix::everyMapThatGrowsIsToldWithItsTypeItsLineAndItsSize);
  }

  @TestFactory
  Stream<DynamicTest> aWindowTellsEveryMapsPaceAndWriter() {
    return matrix.programs().stream()
        .map(
            program ->
                DynamicTest.dynamicTest(
                    program.toString(), () -> matrix.aWindowTellsEveryMapsPaceAndWriter(program)));
  }

  @TestFactory
  Stream<DynamicTest> aMapThatIsEmptiedAsItFillsIsToldAsSteady() {
    return matrix.programs().stream()
        .map(
            program ->
                DynamicTest.dynamicTest(
                    program.toString(),
                    () -> matrix.aMapThatIsEmptiedAsItFillsIsToldAsSteady(program)));
  }

  private Stream<DynamicTest> each(Consumer<MapsProgram> test) {
    return matrix.programs().stream()
        .map(program -> DynamicTest.dynamicTest(program.toString(), () -> test.accept(program)));
  }
}
