package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator knows a leak of ThreadLocals by these fields. */
@ResourceLock(InstanceEvidenceTest.DUMPS)
@Order(0)
class ThreadLocalHoldersTest {
  private static final JavaSource SOURCE =
      new JavaSource(
          "Locals",
          """
          import java.util.*;
          import java.util.concurrent.*;
          public class Locals {
            static class Visit { long a; }
            static class Shared { long a; }
            static final List<Shared> SHARED = new ArrayList<>();
            static final ThreadLocal<List<Visit>> VISITS = ThreadLocal.withInitial(ArrayList::new);
            static final ThreadLocal<List<Shared>> CONTEXT = new ThreadLocal<>();
            public static void main(String[] args) throws Exception {
              ExecutorService workers = Executors.newFixedThreadPool(2);
              for (int i = 0; i < 500; i++) {
                SHARED.add(new Shared());
                workers.submit(() -> { VISITS.get().add(new Visit()); CONTEXT.set(SHARED); }).get();
              }
              System.out.println("ready");
              System.in.read();
              workers.shutdown();
            }
          }
          """);

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("dev.heapwarden.probes.snapshot.InstanceEvidenceTest#javas")
  void whatThreadsKeepIsHeldByTheValuesOfTheirThreadLocals(String java) throws Exception {
    try (var program = JavaProgram.start(SOURCE, java, Map.of())) {
      var found = holders(program, "Locals$Visit");

      assertThat(found.instances()).isEqualTo(500);
      assertThat(found.holders())
          .isNotEmpty()
          .allSatisfy(
              holder ->
                  assertThat(holder.chain())
                      .endsWith(
                          "java.lang.ThreadLocal$ThreadLocalMap.table[]",
                          "java.lang.ThreadLocal$ThreadLocalMap$Entry.value",
                          "java.util.ArrayList.elementData[]"));
      assertThat(found.holders().stream().mapToInt(InstanceReport.Holder::instances).sum())
          .isEqualTo(found.sampled());
      assertThat(holders(program, "Locals$Shared").holders())
          .singleElement()
          .satisfies(
              holder -> {
                assertThat(holder.root()).isEqualTo("static Locals.SHARED (ArrayList)");
                assertThat(holder.chain()).containsExactly("java.util.ArrayList.elementData[]");
              });
    }
  }

  private InstanceReport holders(JavaProgram program, String className) throws Exception {
    var taken =
        (Evidence.Taken)
            InstanceEvidenceTest.evidence(
                    directory, _ -> Duration.ofMinutes(1), InstanceEvidenceTest.isolated())
                .take(JvmOrder.of(new InstanceQuery(className, 5), program.pid()));
    return taken.told().instances().orElseThrow();
  }
}
