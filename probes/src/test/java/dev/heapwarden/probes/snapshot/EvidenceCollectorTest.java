package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.Web;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceCollectorTest {
  @TempDir Path root;

  @Test
  void aMistakeOfTheAgentIsAFailureOfThatKindWithoutWhatItQuotes() throws Exception {
    assertThat(profile(new Endpoint.At("no host name: a secret", 6060, "/")))
        .isEqualTo(new Evidence.Failed("a mistake of the agent: IllegalArgumentException"));
  }

  @Test
  void aPortThatIsNotTheContainersIsRefusedWithTheReason() throws Exception {
    assertThat(profile(new Endpoint.OfAnother(6060, "web")))
        .isEqualTo(new Evidence.Refused("port 6060 is that of container web"));
  }

  private Evidence profile(Endpoint pprof) throws InterruptedException {
    var collector =
        new EvidenceCollector(
            new Bpftrace(List.of("bpftrace"), root),
            new Tracepoints(root),
            new Sites(),
            new ProcFs(root),
            new ArtifactStore(root, 1 << 20),
            (_, _, _) -> {},
            (_, _) -> {},
            _ -> List.of(),
            new Spending(System::nanoTime, InstantSource.system()),
            (_, _) -> Optional.empty());
    return collector.take(
        SnapshotKind.GO_HEAP_PROFILE,
        new Order(
            new ArtifactStore.Owner("shop", "s1"),
            new Target(Web.watched(Web.KEY, Offers.pprof(pprof)), Optional.empty(), List.of()),
            Duration.ofSeconds(5),
            List.of(),
            Optional.empty()));
  }
}
