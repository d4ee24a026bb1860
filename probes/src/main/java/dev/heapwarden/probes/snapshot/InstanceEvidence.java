package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.probes.heap.HeapDumpReader;
import dev.heapwarden.probes.heap.InstanceSample;
import dev.heapwarden.probes.jvm.HeapDump;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;

/** Some instances of a class and who holds them: from a heap dump that is read and never kept. */
final class InstanceEvidence {
  private static final String FILE = "instances.json";
  private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

  /** Bytes of a sample: of fifty instances it is a few hundred KiB. */
  private static final long ROOM = 1 << 20;

  private final HeapDumps dumps;
  private final ArtifactStore store;
  private final PodView pods;

  InstanceEvidence(HeapDumps dumps, ArtifactStore store, PodView pods) {
    this.dumps = dumps;
    this.store = store;
    this.pods = pods;
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    if (order.instances().isEmpty()) {
      return new Evidence.Refused("the order names no class");
    }
    var bounds = DumpBounds.of(order, pods);
    return bounds.isEmpty()
        ? new Evidence.Refused(DumpBounds.UNKNOWN)
        : dumps.take(order, bounds.get(), new Search(order, order.instances().get()));
  }

  private final class Search implements HeapDumps.Use {
    private final Order order;
    private final InstanceQuery query;

    Search(Order order, InstanceQuery query) {
      this.order = order;
      this.query = query;
    }

    @Override
    public void checkRoom(DumpForecast forecast) throws IOException {
      store.checkRoom(order.owner(), ROOM);
    }

    @Override
    public boolean isForReading() {
      return true;
    }

    @Override
    public Evidence.Taken of(HeapDump dump, Duration stall) throws IOException {
      var sample = HeapDumpReader.search(dump.path(), query.className(), query.limit());
      var stored =
          store.store(
              order.owner(), FILE, new ByteArrayInputStream(JSON.writeValueAsBytes(sample)));
      return Evidence.Taken.of(stored, Evidence.Told.instances(report(sample)), stall);
    }
  }

  private static InstanceReport report(InstanceSample sample) {
    return new InstanceReport(
        sample.className(),
        sample.instances(),
        sample.sample().size(),
        sample.holders().stream()
            .limit(InstanceReport.HOLDERS_LIMIT)
            .map(
                holder ->
                    new InstanceReport.Holder(
                        holder.root(), holder.chain(), holder.instances().size()))
            .toList());
  }
}
