package dev.heapwarden.e2e.bench;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.operator.collect.Agent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one node's agent says of {@value #CONTAINERS} made-up containers, half of them Go programs
 * and half JVMs, half of each leaking slightly: a reading of the cgroup, of the page faults and of
 * the runtime every {@value #INTERVAL_SECONDS} seconds, growths of maps and cleanings of old
 * generations every other minute. The same arguments always give the same samples.
 */
record Fleet(int node, Instant startedAt) {
  static final int CONTAINERS = 100;
  static final int INTERVAL_SECONDS = 15;

  /** Readings of all containers that still make one page. */
  static final int READINGS_PER_PAGE = SampleBatch.PAGE / (CONTAINERS * 4);

  private static final List<String> GO = List.of("PageFaults", "GoGc", "GoMapGrowth");
  private static final List<String> JVM = List.of("PageFaults", "JvmCounters");

  Agent agent() {
    return new Agent(
        "agent-" + node, "agent-uid-" + node, nodeName(), URI.create("https://127.0.0.1:1"));
  }

  String namespace() {
    return "team-" + node;
  }

  String nodeName() {
    return "node-" + node;
  }

  Instant at(int reading) {
    return startedAt.plus(Duration.ofSeconds((long) reading * INTERVAL_SECONDS));
  }

  ContainerKey key(int container) {
    var pod = "service-" + container + "-5d8f7c9b6d-x2x4z";
    return new ContainerKey(
        namespace(),
        pod,
        "0f9a1c3e-77aa-4b1c-9d2e-%012d".formatted(container),
        "service",
        "%032x%032x".formatted(node, container));
  }

  private static boolean isGo(int container) {
    return container % 2 == 0;
  }

  /** The readings {@code from} to {@code to}, exclusive, as one page. */
  SampleBatch page(int from, int to) {
    var samples = new ArrayList<Sample>();
    var programs =
        IntStream.range(0, CONTAINERS)
            .mapToObj(
                container ->
                    new Program(key(container), isGo(container), container / 2 % 2 == 0, container))
            .toList();
    for (int reading = from; reading < to; reading++) {
      for (var program : programs) {
        program.read(reading, at(reading), samples);
      }
    }
    return new SampleBatch("epoch", to, 0, false, false, states(), samples);
  }

  private List<ContainerState> states() {
    return IntStream.range(0, CONTAINERS)
        .mapToObj(
            container ->
                new ContainerState(
                    key(container),
                    fresh("all"),
                    isGo(container) ? RuntimeKind.GO : RuntimeKind.JVM,
                    fresh(isGo(container) ? "go1.26.8" : "25.0.1"),
                    startedAt,
                    attachments(isGo(container) ? GO : JVM),
                    0.004))
        .toList();
  }

  private static List<Attachment> attachments(List<String> probes) {
    return probes.stream()
        .map(probe -> new Attachment(fresh(probe), Attachment.State.ATTACHED, null))
        .toList();
  }

  /** As a parser makes it: an object for every time that it is read. */
  private static String fresh(String text) {
    return String.copyValueOf(text.toCharArray());
  }
}
