package dev.heapwarden.e2e.go;

import static dev.heapwarden.e2e.go.KernelWindow.stream;
import static dev.heapwarden.e2e.go.KernelWindow.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What the kernel allocates for a program that opens sockets at an even pace. It needs root, and
 * bpftrace from the agent's image, which comes with the cluster: {@code mvn verify -Pmatrix}.
 */
@Tag("matrix")
@Isolated("allocations are counted")
@ExtendWith(ClusterExtension.class)
class KernelMemoryIT {
  private static final int PAIRS_PER_SECOND = 200;
  private static final int SECONDS = 3;

  private static final String WITH_TRACEFS =
      "[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing; exec"
          + " \"$@\"";

  @TempDir private Path directory;

  KernelMemoryIT(Cluster cluster) {
    assertThat(cluster).isNotNull();
  }

  @Test
  @Timeout(120)
  void bytesAndCallsAreToldByStackAndTheirSizesAsAHistogram() throws Exception {
    var opener = opener(PAIRS_PER_SECOND);
    try {
      assertThat(opener.inputReader().readLine()).isEqualTo("it runs");
      var report = watched(opener.pid(), SECONDS);
      assertThat(report.path("cut").asBoolean()).isFalse();
      assertThat(report.path("lost").asLong()).isZero();
      assertThat(report.path("seconds").asDouble()).isBetween(1.0 * SECONDS, 2.0 * SECONDS);

      var sockets = KernelWindow.sockets(report);
      long calls = sum(sockets.stream(), "calls");
      assertThat(calls)
          .as("sockets opened, by %s", report)
          .isBetween(
              (long) (1.5 * PAIRS_PER_SECOND * SECONDS), (long) (2.5 * PAIRS_PER_SECOND * SECONDS));
      assertThat(sockets.getFirst().path("frames").get(0).asText()).startsWith("kmem_cache_alloc");
      long bytes = sum(sockets.stream(), "bytes");
      assertThat(bytes % calls).as("each is as large as the others").isZero();
      assertThat(report.path("caches").path("sock_inode_cache").asLong()).isEqualTo(bytes);
      assertThat(sum(stream(report.path("sizes")), "count"))
          .as("every allocation is in the histogram")
          .isEqualTo(report.path("calls").asLong());
      long size = bytes / calls;
      assertThat(stream(report.path("sizes")))
          .filteredOn(
              bucket -> bucket.path("min").asLong() <= size && size <= bucket.path("max").asLong())
          .singleElement()
          .satisfies(
              bucket -> assertThat(bucket.path("count").asLong()).isGreaterThanOrEqualTo(calls));
      assertThat(report.path("bytes").asLong()).isGreaterThan(bytes);
    } finally {
      opener.destroyForcibly().waitFor();
    }
  }

  /** It takes a program three and a half seconds of one core at most, however busy it is. */
  @Test
  @Timeout(180)
  void aWindowEndsEarlyWhereThereIsTooMuchToSee() throws Exception {
    var opener = opener(10_000_000);
    try {
      assertThat(opener.inputReader().readLine()).isEqualTo("it runs");
      var report = watched(opener.pid(), 60);

      assertThat(report.path("cut").asBoolean()).isTrue();
      assertThat(report.path("calls").asLong()).isBetween(1_000_000L, 1_010_000L);
      assertThat(report.path("seconds").asDouble()).isLessThan(60);
    } finally {
      opener.destroyForcibly().waitFor();
    }
  }

  private static Process opener(int pairsPerSecond) throws IOException {
    return new ProcessBuilder(KernelWindow.opener(pairsPerSecond))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private JsonNode watched(long pid, int seconds) throws Exception {
    var window =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "sh",
                "-c",
                WITH_TRACEFS,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KernelWindow.class.getName(),
                directory.toString(),
                GoMatrix.made(GoMatrix.tool("bpftrace")).resolve("bpftrace").toString(),
                Long.toString(pid),
                Integer.toString(1000 * seconds))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var said = window.inputReader().readAllAsString();
    assertThat(window.waitFor()).as(said).isZero();
    return new ObjectMapper().readTree(said);
  }
}
