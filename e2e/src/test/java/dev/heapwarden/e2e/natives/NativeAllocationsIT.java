package dev.heapwarden.e2e.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.probes.nativecode.NativeFrame;
import dev.heapwarden.probes.snapshot.AllocationPlace;
import dev.heapwarden.probes.snapshot.NativeAllocationEvidence.Report;
import dev.heapwarden.probes.snapshot.NativeAllocationEvidence.Unseen;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Windows on real programs, by the bpftrace of the agent's image: they need root. The image comes
 * with the cluster: {@code mvn verify -Pmatrix}.
 */
@Tag("matrix")
@Isolated("all cores are busy with other programs otherwise")
@ExtendWith(ClusterExtension.class)
class NativeAllocationsIT {
  /** Those of serve that are between malloc and free just as the probes come. */
  private static final long IN_FLIGHT = 3;

  private static final int PAGE = 4096;

  /** At most: between two of them it sleeps for a millisecond. */
  private static final int ROUNDS_PER_SECOND = 1000;

  NativeAllocationsIT(Cluster cluster) {}

  @ParameterizedTest
  @ValueSource(strings = {"glibc", "frames", "static", "musl", "musl-static"})
  void whatIsNotGivenBackIsToldByItsFunction(String name) throws Exception {
    try (var program = new NativeProgram(name, "heap")) {
      var report = report(program);

      assertThat(report.places().getFirst().site()).isEqualTo("leak_page");
      for (var site : new String[] {"leak_page", "leak_session", "leak_name", "grow_log"}) {
        assertThat(bytes(report, site, "malloc")).as(site).isPositive();
      }
      assertThat(blocks(report, "serve")).isLessThanOrEqualTo(IN_FLIGHT);
      assertThat(blocks(report, "leak_session")).isGreaterThan(10 * IN_FLIGHT);
      assertThat(report.leftOut()).isZero();
      assertThat(report.lost()).isZero();
    }
  }

  /** Its pages move at each call, so that it has another address. */
  @ParameterizedTest
  @ValueSource(strings = {"glibc", "static", "musl", "musl-static"})
  void aBlockThatGrowsAndMovesIsToldOnceByWhatItGained(String name) throws Exception {
    try (var program = new NativeProgram(name, "grow")) {
      var report = report(program);

      assertThat(blocks(report, "grow_store")).isEqualTo(1);
      assertThat(bytes(report, "grow_store", "malloc"))
          .isPositive()
          .isLessThanOrEqualTo(Math.round(ROUNDS_PER_SECOND * report.seconds() * PAGE));
      assertThat(report.places()).as("its mappings are the block's").hasSize(1);
    }
  }

  /** Unsafe_AllocateMemory0 jumps there, and who called that is code of no file. */
  @Test
  void whatAJvmAllocatesForItsProgramIsTold() throws Exception {
    try (var program = NativeProgram.java()) {
      var report = report(program);

      var site = String.valueOf(report.places().getFirst().site());
      assertThat(site).matches("os::malloc|libjvm\\.so\\+0x[0-9a-f]+");
      assertThat(bytes(report, site, "malloc") / report.seconds())
          .as("32 KiB each 5 ms at most")
          .isBetween(0.3 * 200 * (32 << 10), 1.1 * 200 * (32 << 10));
      assertThat(report.places())
          .as("HotSpot's own memory")
          .filteredOn(place -> place.frames().size() > 1)
          .extracting(AllocationPlace::site)
          .doesNotContain("os::malloc", "AllocateHeap");
      assertThat(program.lives()).isTrue();
    }
  }

  @Test
  void aWindowIsOverSoonAfterItsTime() throws Exception {
    try (var program = new NativeProgram("glibc", "heap")) {
      long began = System.nanoTime();
      report(program);

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void everyThreadIsSeen() throws Exception {
    try (var one = new NativeProgram("glibc", "heap");
        var four = new NativeProgram("glibc", "threads")) {
      assertThat(perSecond(report(four))).isGreaterThan(2 * perSecond(report(one)));
    }
  }

  @Test
  void aLibraryThatAllocatesForTheProgramIsNamed() throws Exception {
    try (var program = new NativeProgram("glibc", "library")) {
      assertThat(report(program).places().getFirst())
          .satisfies(
              place -> {
                assertThat(place.site()).isEqualTo("shop_open");
                assertThat(place.frames())
                    .first()
                    .extracting(NativeFrame::library)
                    .isEqualTo("libshop.so");
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"glibc", "musl"})
  void whatIsMappedAndNotUnmappedIsToldByItsFunction(String name) throws Exception {
    try (var program = new NativeProgram(name, "map")) {
      var report = report(program);

      assertThat(report.places())
          .extracting(AllocationPlace::site, AllocationPlace::how)
          .containsExactly(tuple("leak_arena", "mmap"));
    }
  }

  @Test
  void anObjectOfCppIsToldByWhoMakesIt() throws Exception {
    try (var program = new NativeProgram("objects")) {
      assertThat(bytes(report(program), "shop::Store::remember", "malloc")).isPositive();
    }
  }

  @Test
  void withoutSymbolsThePlaceIsTheFileAndTheAddressInIt() throws Exception {
    try (var program = new NativeProgram("stripped", "heap")) {
      assertThat(report(program).places().getFirst().site()).matches("stripped\\+0x[0-9a-f]+");
    }
  }

  @Test
  void aGoProgramWithCIsSeenAndRunsOn() throws Exception {
    try (var program = new NativeProgram("cgo")) {
      assertThat(report(program).places())
          .first()
          .satisfies(place -> assertThat(place.frames()).isNotEmpty());
      assertThat(program.lives()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "jemalloc, 'it allocates by jemalloc (jemalloc), which is not watched'",
    "static-stripped, 'it is linked statically, and its symbols name no malloc'"
  })
  void whatCannotBeSeenIsRefusedWithTheReason(String name, String reason) throws Exception {
    try (var program = new NativeProgram(name, "heap")) {
      assertThat(program.watch()).isEqualTo(new Unseen(true, reason));
    }
  }

  private static Report report(NativeProgram program) throws IOException, InterruptedException {
    var outcome = program.watch();
    assertThat(outcome).isInstanceOf(Report.class);
    return (Report) outcome;
  }

  private static long bytes(Report report, String site, String how) {
    return report.places().stream()
        .filter(place -> site.equals(place.site()) && how.equals(place.how()))
        .mapToLong(AllocationPlace::bytes)
        .sum();
  }

  private static long blocks(Report report, String site) {
    return report.places().stream()
        .filter(place -> site.equals(place.site()))
        .mapToLong(AllocationPlace::blocks)
        .sum();
  }

  private static double perSecond(Report report) {
    return blocks(report, "leak_session") / report.seconds();
  }
}
