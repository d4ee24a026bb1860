package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.incident.CrashKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a container wrote last before it ended and was started again. */
record PreviousLogEvidence(PodView pods, ArtifactStore store) {
  private static final String FILE = "previous-log.txt";

  /** Bytes that are kept; the kubelet rotates a log at 10 MiB unless it is told otherwise. */
  static final int TAIL = 1 << 20;

  Evidence take(Order order) throws IOException {
    var logs = pods.logs();
    if (logs.isEmpty()) {
      return new Evidence.Refused(
          "the agent does not see the logs of containers: the chart's agent.podLogs is empty");
    }
    var previous = logs.get().previous(order.target().container().key());
    if (previous.isEmpty()) {
      return new Evidence.Refused("the node keeps no log of an earlier life of the container");
    }
    try (var log = previous.get()) {
      return taken(order, tail(log.path()));
    }
  }

  private Evidence taken(Order order, byte[] tail) throws IOException {
    var advice =
        CrashKind.of(new String(tail, StandardCharsets.ISO_8859_1))
            .map(kind -> List.of("The log of its life before says " + kind.text() + "."))
            .orElse(List.of());
    return Evidence.Taken.of(
        store.store(order.owner(), FILE, new ByteArrayInputStream(tail)),
        Evidence.Told.NOTHING.advising(advice));
  }

  /** The last whole lines. */
  private static byte[] tail(Path log) throws IOException {
    try (var channel = Files.newByteChannel(log)) {
      long from = Math.max(0, channel.size() - TAIL);
      channel.position(from);
      var bytes = Channels.newInputStream(channel).readNBytes(TAIL);
      int start = from == 0 ? 0 : afterLineBreak(bytes);
      return Arrays.copyOfRange(bytes, start, bytes.length);
    }
  }

  private static int afterLineBreak(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }
}
