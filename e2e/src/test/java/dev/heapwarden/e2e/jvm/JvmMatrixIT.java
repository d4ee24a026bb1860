package dev.heapwarden.e2e.jvm;

import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The JVM matrix: every JDK, collector and user, started in every way that touches what the agent
 * reads, in a container. Counters are right or refused with the reason, commands answer or are
 * refused with it, and the JVM lives on as it was. It needs root, and bpftrace from the agent's
 * image: {@code mvn verify -Pmatrix}.
 */
@Tag("matrix")
@ExtendWith(ClusterExtension.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JvmMatrixIT {
  private final JvmMatrix matrix;

  /**
   * Starts the agent.
   *
   * @param cluster whose image bpftrace is taken from
   */
  JvmMatrixIT(Cluster cluster) throws IOException, InterruptedException {
    matrix = new JvmMatrix();
  }

  @AfterAll
  void close() throws IOException {
    matrix.close();
  }

  @TestFactory
  @Execution(ExecutionMode.SAME_THREAD)
  Stream<DynamicTest> eachIsReadAndAskedOrRefusedWithTheReasonAndLives() {
    return matrix.cells().stream()
        .map(cell -> DynamicTest.dynamicTest(cell.toString(), () -> matrix.await(cell)));
  }
}
