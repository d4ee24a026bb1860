package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.jvm.JvmProbes;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers a and b run the same Go program. */
class NodePlanTest {
  private static final ExecutableId FILE = new ExecutableId(1, 2);
  private static final ExecutableId LIBRARY = new ExecutableId(1, 3);

  private List<Target> targets = List.of();

  @BeforeEach
  void twoOfOneProgram() throws IOException {
    targets = List.of(target("a", 7), target("b", 8));
  }

  @Test
  void whatIsTooMuchForAContainerIsNotInTheProgram() {
    var plan = plan(Set.of(Cause.PAGE_FAULTS, Cause.GO_MAP_GROWTH), Set.of(Cause.GO_MAP_GROWTH));
    var text = text(plan);

    assertThat(text)
        .contains(probe(GoBinary.GC))
        .doesNotContain(probe(GoBinary.GROW_SWISS))
        .doesNotContain("@grown");
    assertThat(text).contains("@p[7] = 0;", "@p[8] = 1;", "@t[7] = 1;", "@t[8] = 1;");
    assertThat(plan.probesGoOf(identity("a", 7), GoExecutable::tellsGrowth)).isFalse();
    assertThat(plan.probesGoOf(identity("a", 7), GoExecutable::tellsCollections)).isTrue();
    assertThat(plan.countsFaultsOf(identity("a", 7))).isFalse();
    assertThat(plan.countsFaultsOf(identity("b", 8))).isTrue();
  }

  @Test
  void whatEachProbeTellsIsOfWhoIsNotSparedIt() {
    var spared = Set.of(Cause.GO_MARK_TERMINATION, Cause.PAGE_FAULTS);

    assertThat(plan(spared, Set.of(Cause.GO_MARK_TERMINATION)).watched())
        .containsOnly(
            Map.entry(Cause.GO_GC, Set.of(7L, 8L)),
            Map.entry(Cause.GO_MAP_GROWTH, Set.of(7L, 8L)),
            Map.entry(Cause.GO_MARK_TERMINATION, Set.of()),
            Map.entry(Cause.PAGE_FAULTS, Set.of(8L)),
            Map.entry(Cause.JVM_USDT, Set.of()));
  }

  @Test
  void whereTimingTheMarkTerminationIsTooMuchTheLiveHeapIsToldAllTheSame() {
    var spared = Set.of(Cause.GO_MARK_TERMINATION);
    var plan = plan(spared, spared);

    assertThat(text(plan))
        .contains(probe(GoBinary.GC), "@gc[pid], 0);")
        .doesNotContain("World", "@stw");
    assertThat(plan.probesGoOf(identity("a", 7), GoExecutable::tellsMarkTermination)).isFalse();
    assertThat(text(plan(Set.of(), Set.of()))).contains("stopTheWorldWithSema", "print(@stw)");
  }

  @Test
  void whereCollectionsAreTooMuchTheirMarkTerminationIsNotTimed() {
    var spared = Set.of(Cause.GO_GC);
    assertThat(text(plan(spared, spared)))
        .contains(probe(GoBinary.GROW_SWISS))
        .doesNotContain("World", "@stw");
  }

  @Test
  void whereSmallMapsAreTooMuchOnlyLargeOnesAreTold() {
    var spared = Set.of(Cause.GO_SMALL_MAPS);
    var plan = plan(spared, spared);

    assertThat(text(plan))
        .contains(probe(GoBinary.SPLIT_SWISS))
        .doesNotContain(probe(GoBinary.GROW_SWISS));
    assertThat(plan.probesGoOf(identity("a", 7), GoExecutable::tellsLargeGrowthOnly)).isTrue();
    assertThat(plan.sameAs(plan(Set.of(), Set.of()))).isFalse();
    assertThat(text(plan(spared, Set.of())))
        .contains(probe(GoBinary.GROW_SWISS))
        .doesNotContain(probe(GoBinary.SPLIT_SWISS));
  }

  @Test
  void aProbeThatOneOfThemIsNotSparedIsThereForBoth() {
    assertThat(text(plan(Set.of(Cause.GO_MAP_GROWTH), Set.of())))
        .contains(probe(GoBinary.GROW_SWISS));
    assertThat(text(plan(Set.of(), Set.of(Cause.GO_MAP_GROWTH))))
        .contains(probe(GoBinary.GROW_SWISS));
  }

  @Test
  void whereAllIsTooMuchNothingIsAttached() {
    var all = EnumSet.allOf(Cause.class);
    assertThat(plan(all, all).isIdle()).isTrue();
    assertThat(plan(all, Set.of()).isIdle()).isFalse();
  }

  @Test
  void leavingAProbeOutNeedsANewProgram() {
    var whole = plan(Set.of(), Set.of());

    assertThat(whole.sameAs(plan(Set.of(), Set.of()))).isTrue();
    assertThat(whole.sameAs(plan(Set.of(Cause.PAGE_FAULTS), Set.of()))).isFalse();
    var growth = Set.of(Cause.GO_MAP_GROWTH);
    assertThat(whole.sameAs(plan(growth, growth))).isFalse();
  }

  @Test
  void aProgramHasAsManyProbesAsItIsExpectedToAnnounce() {
    for (var spared :
        List.<Set<Cause>>of(
            Set.of(),
            Set.of(Cause.GO_GC),
            Set.of(Cause.GO_MARK_TERMINATION),
            Set.of(Cause.GO_SMALL_MAPS),
            Set.of(Cause.PAGE_FAULTS))) {
      var plan = plan(spared, spared);
      var probes =
          text(plan).lines().filter(line -> line.matches("(BEGIN|interval|uprobe|rawtrace).*"));
      assertThat(NodeProgram.probes(probed(plan), !plan.faulting().isEmpty()))
          .isEqualTo((int) probes.count());
    }
  }

  /** Each of two runs the same file, which is probed once, for one of them. */
  @Test
  void aJvmThatIsSeenInNoOtherWayHasItsLibraryProbed() {
    var usdt =
        new JvmUsdt.Found(
            LIBRARY,
            Path.of("/proc/7/root/libjvm.so"),
            new JvmProbes(
                List.of(0x10L, 0x20L),
                List.of(0x30L),
                List.of(new JvmProbes.Pool(0x40, "r15", "r13", "r8", "r10"))));
    var plan = jvms(usdt, Set.of());
    var text = text(plan);

    assertThat(plan.probesJvm(identity("a", 7))).isTrue();
    assertThat(plan.probesJvm(identity("b", 8))).isFalse();
    assertThat(text)
        .contains("uprobe:/tmp/hw/1:0x10,\nuprobe:/tmp/hw/1:0x20 {")
        .contains("reg(\"r13\")", "print(@jvm); print(@jvmother);");
    assertThat(text.lines().filter(line -> line.startsWith("uprobe:"))).hasSize(4);
    assertThat(NodeProgram.probes(probed(plan), false)).isEqualTo(2 + 4);
    assertThat(plan.sameAs(jvms(new JvmUsdt.Refused("none"), Set.of()))).isFalse();
    assertThat(jvms(usdt, Set.of(Cause.JVM_USDT)).executables()).isEmpty();
  }

  private NodePlan jvms(JvmUsdt usdt, Set<Cause> spared) {
    var go = EnumSet.copyOf(Cause.OF_EXECUTABLES);
    go.addAll(spared);
    return NodePlan.of(
        targets,
        path -> true,
        false,
        target -> go,
        target ->
            target.container().key().containerId().equals("a")
                ? Optional.of(usdt)
                : Optional.empty());
  }

  private NodePlan plan(Set<Cause> ofA, Set<Cause> ofB) {
    return NodePlan.of(
        targets,
        path -> true,
        true,
        target -> target.container().key().containerId().equals("a") ? ofA : ofB,
        target -> Optional.empty());
  }

  private static String probe(String function) {
    try {
      var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();
      return Uprobe.of(Path.of("/tmp/hw/1"), binary, function);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String text(NodePlan plan) {
    return NodeProgram.text(plan, probed(plan));
  }

  private static List<NodeProgram.Probed> probed(NodePlan plan) {
    return plan.executables().entrySet().stream()
        .map(
            entry ->
                new NodeProgram.Probed(1, entry.getKey(), Path.of("/tmp/hw/1"), entry.getValue()))
        .toList();
  }

  private static TargetProcess.Identity identity(String container, long pid) {
    return new TargetProcess.Identity(container, pid, 1, FILE);
  }

  private static Target target(String container, long pid) throws IOException {
    var process =
        new TargetProcess(
            identity(container, pid),
            4096,
            RuntimeKind.GO,
            GoPrograms.plain(),
            Optional.of(GoBinary.read(GoPrograms.plain()).orElseThrow()),
            Optional.empty(),
            0);
    return new Target(
        Web.watched(Web.key(container), Offers.none()), Optional.empty(), List.of(process));
  }
}
