package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.jvm.JvmProbes;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes 7 and 8 run one executable, number 1 of the program. */
class HitsTest {
  private static final ExecutableId FILE = new ExecutableId(1, 2);
  private static final long SLOT = 5_000_000_000L;

  private Hits hits = new Hits(NodePlan.nothing(), List.of());

  @BeforeEach
  void ofAProgram() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();
    var executable = new GoExecutable(GoPrograms.plain(), binary);
    var plan =
        new NodePlan(
            Set.of(identity(7), identity(8)), Map.of(FILE, executable), Map.of(), Set.of());
    hits =
        new Hits(plan, List.of(new NodeProgram.Probed(1, FILE, Path.of("/tmp/hw/1"), executable)));
  }

  @Test
  void aProcessPaysForItsHits() {
    read("@gc", "{\"7\": 3}");
    read("@grown", "{\"8\": 10}");

    assertThat(hits.spent(SLOT))
        .containsExactlyInAnyOrder(
            new ProbeEvent.Spent(7, SLOT, Cause.GO_GC, 3 * HitCost.UPROBE),
            new ProbeEvent.Spent(8, SLOT, Cause.GO_MAP_GROWTH, 10 * HitCost.UPROBE));
  }

  /** A program may stop its world for other reasons, and pays for each of them. */
  @Test
  void stopsAndStartsOfTheWorldAreWhatTheMarkTerminationCosts() {
    read("@stw", "{\"7\": 400}");
    read("@stwother", "{\"1\": 40}");

    assertThat(hits.spent(SLOT))
        .containsExactlyInAnyOrder(
            new ProbeEvent.Spent(7, SLOT, Cause.GO_MARK_TERMINATION, 420 * HitCost.UPROBE),
            new ProbeEvent.Spent(8, SLOT, Cause.GO_MARK_TERMINATION, 20 * HitCost.UPROBE));
  }

  @Test
  void sumsOfTheProgramsLifeAreNotPaidTwice() {
    read("@gc", "{\"7\": 3}");
    hits.spent(SLOT);
    read("@gc", "{\"7\": 3}");
    assertThat(hits.spent(SLOT)).isEmpty();

    read("@gc", "{\"7\": 5}");
    assertThat(hits.spent(SLOT))
        .containsExactly(new ProbeEvent.Spent(7, SLOT, Cause.GO_GC, 2 * HitCost.UPROBE));
  }

  @Test
  void hitsOfProcessesThatNobodyWatchesAreSharedOutAmongThoseThatRunTheSame() {
    read("@grownother", "{\"1\": 100, \"2\": 1000}");

    assertThat(hits.spent(SLOT))
        .containsExactlyInAnyOrder(
            new ProbeEvent.Spent(7, SLOT, Cause.GO_MAP_GROWTH, 50 * HitCost.UPROBE),
            new ProbeEvent.Spent(8, SLOT, Cause.GO_MAP_GROWTH, 50 * HitCost.UPROBE));
  }

  /** JVMs of one image share their libjvm. */
  @Test
  void hitsOfAJvmThatNobodyWatchesAreSharedOutToo() {
    var library =
        new JvmLibrary(
            Path.of("/usr/lib/jvm/libjvm.so"), new JvmProbes(List.of(), List.of(), List.of()));
    var plan =
        new NodePlan(Set.of(identity(7), identity(8)), Map.of(FILE, library), Map.of(), Set.of());
    hits = new Hits(plan, List.of(new NodeProgram.Probed(1, FILE, Path.of("/tmp/hw/1"), library)));

    read("@jvm", "{\"7\": 10}");
    read("@jvmother", "{\"1\": 40}");

    assertThat(hits.spent(SLOT))
        .containsExactlyInAnyOrder(
            new ProbeEvent.Spent(7, SLOT, Cause.JVM_USDT, 30 * HitCost.UPROBE),
            new ProbeEvent.Spent(8, SLOT, Cause.JVM_USDT, 20 * HitCost.UPROBE));
  }

  @Test
  void aHitThatIsToldCostsMore() {
    hits.told(7, Cause.GO_GC);
    hits.told(99, Cause.GO_GC);

    assertThat(hits.spent(SLOT))
        .containsExactly(new ProbeEvent.Spent(7, SLOT, Cause.GO_GC, HitCost.TOLD));
  }

  private void read(String map, String values) {
    var line = "{\"type\": \"map\", \"data\": {\"%s\": %s}}".formatted(map, values);
    hits.read((BpftraceLine.Values) BpftraceLine.parse(line).orElseThrow());
  }

  private static TargetProcess.Identity identity(long pid) {
    return new TargetProcess.Identity("id", pid, 1, FILE);
  }
}
