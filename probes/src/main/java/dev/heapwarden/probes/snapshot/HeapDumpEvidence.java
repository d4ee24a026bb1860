package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.HeapDump;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;

/**
 * The live objects of a JVM as it writes them, for a heap analyser. It is all that the program's
 * memory holds, secrets included: nobody gets it by chance.
 */
final class HeapDumpEvidence {
  private static final String FILE = "heap.hprof";

  /** For a GiB at 9 MB/s: a slow disk, or half a CPU. */
  static final Duration COPYING = Duration.ofMinutes(2);

  private static final int PIECE = 64 << 10;

  private final HeapDumps dumps;
  private final ArtifactStore store;
  private final PodView pods;
  private final Duration copying;

  HeapDumpEvidence(HeapDumps dumps, ArtifactStore store, PodView pods) {
    this(dumps, store, pods, COPYING);
  }

  /**
   * @param copying what copying a dump, compressed, may take
   */
  HeapDumpEvidence(HeapDumps dumps, ArtifactStore store, PodView pods, Duration copying) {
    this.dumps = dumps;
    this.store = store;
    this.pods = pods;
    this.copying = copying;
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    var bounds = DumpBounds.of(order, pods);
    if (bounds.isEmpty()) {
      return new Evidence.Refused(DumpBounds.UNKNOWN);
    }
    return bounds.get().pauses().isolated()
        ? dumps.take(order, bounds.get(), new Kept(order))
        : inService(order, bounds.get());
  }

  private Evidence inService(Order order, DumpBounds bounds)
      throws IOException, InterruptedException {
    if (!order.target().container().heapDumps()) {
      return new Evidence.Refused(
          "a heap dump is taken only of an isolated pod, unless respond.diagnose.heapDump of its policy is IfSafe");
    }
    return pods.isServedWithout(bounds.pod())
        ? dumps.take(order, bounds.unnoticed(), new Kept(order))
        : new Evidence.Refused(
            "no other pod of its owner is known to be ready: a heap dump would stop the last one");
  }

  private final class Kept implements HeapDumps.Use {
    private final Order order;

    Kept(Order order) {
      this.order = order;
    }

    @Override
    public void checkRoom(DumpForecast forecast) throws IOException {
      store.checkRoom(order.owner(), forecast.bytes());
      store.checkDisk(forecast.bytes());
    }

    @Override
    public boolean isForReading() {
      return false;
    }

    @Override
    public Evidence.Taken of(HeapDump dump, Duration stall) throws IOException {
      var stored =
          store.store(order.owner(), FILE, DumpBounds.LARGEST, output -> copy(dump, output));
      return Evidence.Taken.of(stored, Evidence.Told.NOTHING, stall);
    }
  }

  private void copy(HeapDump dump, OutputStream output) throws IOException {
    long size = Files.size(dump.path());
    long end = System.nanoTime() + copying.toNanos();
    long copied = 0;
    try (var input = Files.newInputStream(dump.path())) {
      var piece = new byte[PIECE];
      for (int read = input.read(piece); read >= 0; read = input.read(piece)) {
        copied += read;
        output.write(piece, 0, read);
        if (System.nanoTime() - end > 0) {
          throw new IOException("it was not copied within %d s".formatted(copying.toSeconds()));
        }
      }
    }
    if (copied != size) {
      throw new IOException("%d bytes of a dump of %d were there".formatted(copied, size));
    }
  }
}
