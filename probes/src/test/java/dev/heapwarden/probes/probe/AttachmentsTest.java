package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AttachmentsTest {
  private static final TargetProcess NATIVE =
      new TargetProcess(
          new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
          4096,
          RuntimeKind.NATIVE,
          Path.of("/proc/7/root/bin/nginx"),
          Optional.empty(),
          Optional.of("not Go"),
          0);

  @Test
  void aProgramThatIsNotGoHasItsPageFaultsCountedAndGosProbesRefused() {
    assertThat(attachments(List.of(NATIVE), Optional.empty(), Optional.empty(), true))
        .containsExactly(
            new Attachment("PageFaults", State.ATTACHED, null),
            new Attachment("GoGc", State.REFUSED, "not Go"),
            new Attachment("GoMarkTermination", State.REFUSED, "not Go"),
            new Attachment("GoMapGrowth", State.REFUSED, "not Go"));
  }

  @Test
  void whileBpftraceAttachesItIsPending() {
    assertThat(attachments(List.of(NATIVE), Optional.empty(), Optional.empty(), false).getFirst())
        .isEqualTo(new Attachment("PageFaults", State.PENDING, "bpftrace is attaching"));
  }

  @Test
  void aContainerWithoutProcessesIsPendingWithTheReason() {
    assertThat(attachments(List.of(), Optional.empty(), Optional.empty(), false))
        .allSatisfy(attachment -> assertThat(attachment.state()).isEqualTo(State.PENDING))
        .first()
        .extracting(Attachment::reason)
        .isEqualTo("no process of the container was found yet");
  }

  @Test
  void aContainerThatMayNotBeLookedAtIsRefusedWithTheReason() {
    var why = "its processes may not be looked at: the agent lacks the capability SYS_PTRACE";
    var target =
        new Target(Web.watched(), Optional.empty(), List.of(), Optional.empty(), Optional.of(why));

    assertThat(
            Attachments.of(
                target,
                List.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                "bpftrace is attaching",
                _ -> Optional.empty(),
                NodePlan.nothing()))
        .containsExactly(
            new Attachment("PageFaults", State.REFUSED, why),
            new Attachment("GoGc", State.REFUSED, why),
            new Attachment("GoMapGrowth", State.REFUSED, why));
  }

  @Test
  void aKernelWithoutTheTracepointIsARefusal() {
    assertThat(
            attachments(List.of(NATIVE), Optional.of("no tracepoint"), Optional.empty(), true)
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.REFUSED, "no tracepoint"));
  }

  @Test
  void whenNothingAttachesBpftracesOwnWordsAreTheReason() {
    assertThat(
            attachments(List.of(NATIVE), Optional.empty(), Optional.of("bpftrace: no BTF"), false)
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.REFUSED, "bpftrace: no BTF"));
  }

  @Test
  void whatAnOlderProgramCoversStaysAttachedWhenANewerOneFails() {
    assertThat(
            attachments(List.of(NATIVE), Optional.empty(), Optional.of("bpftrace: no BTF"), true)
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.ATTACHED, null));
  }

  @Test
  void gosProbesAreNotAttachedWhileTheRunningProgramOnlyCountsPageFaults() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();
    var go =
        new TargetProcess(
            NATIVE.identity(),
            4096,
            RuntimeKind.GO,
            GoPrograms.plain(),
            Optional.of(binary),
            Optional.empty(),
            0);
    // The policy said Native before, and the program with Go's probes does not attach.
    assertThat(attachments(List.of(go), Optional.empty(), Optional.of("bpftrace: no BTF"), true))
        .containsExactly(
            new Attachment("PageFaults", State.ATTACHED, null),
            new Attachment("GoGc", State.REFUSED, "bpftrace: no BTF"),
            new Attachment("GoMarkTermination", State.REFUSED, "bpftrace: no BTF"),
            new Attachment("GoMapGrowth", State.REFUSED, "bpftrace: no BTF"));

    var probed =
        new NodePlan(
            Set.of(go.identity()),
            Map.of(go.identity().executable(), new GoExecutable(go.executable(), binary)),
            Map.of(),
            Set.of());
    assertThat(
            Attachments.of(
                target(List.of(go)),
                List.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                "bpftrace is attaching",
                process -> Optional.empty(),
                probed))
        .containsExactly(
            new Attachment("PageFaults", State.PENDING, "bpftrace is attaching"),
            new Attachment("GoGc", State.ATTACHED, null),
            new Attachment("GoMarkTermination", State.ATTACHED, null),
            new Attachment("GoMapGrowth", State.ATTACHED, null));
  }

  @Test
  void aProbeThatIsNarrowedForItsCostSaysSo() throws IOException {
    var binary = GoBinary.read(GoPrograms.plain()).orElseThrow();
    var go =
        new TargetProcess(
            NATIVE.identity(),
            4096,
            RuntimeKind.GO,
            GoPrograms.plain(),
            Optional.of(binary),
            Optional.empty(),
            0);
    var probed =
        new NodePlan(
            Set.of(go.identity()),
            Map.of(
                go.identity().executable(),
                new GoExecutable(go.executable(), binary, Set.of(Cause.GO_SMALL_MAPS))),
            Map.of(),
            Set.of());

    assertThat(
            Attachments.of(
                    target(List.of(go)),
                    List.of(),
                    Optional.empty(),
                    Map.of(Cause.GO_SMALL_MAPS, "OverBudget: 3.20 %"),
                    Optional.empty(),
                    "bpftrace is attaching",
                    process -> Optional.empty(),
                    probed)
                .getLast())
        .isEqualTo(
            new Attachment(
                "GoMapGrowth",
                State.ATTACHED,
                "narrowed: only maps of 896 entries and more are told. OverBudget: 3.20 %"));
  }

  @Test
  void aProbeThatIsLeftOutForItsCostIsRefusedWithTheFigures() {
    var reason = "OverBudget: watching took 3.20 % of the container's CPU";
    assertThat(
            Attachments.of(
                    target(List.of(NATIVE)),
                    List.of(),
                    Optional.empty(),
                    Map.of(Cause.PAGE_FAULTS, reason),
                    Optional.empty(),
                    "bpftrace is attaching",
                    process -> Optional.empty(),
                    NodePlan.nothing())
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.REFUSED, reason));
  }

  /** Nobody expects probes of Go in it. */
  @Test
  void aJvmNeedsItsCountersAndNoProbeOfGo() {
    var counters = new Attachment("JvmCounters", State.ATTACHED, null);
    assertThat(
            Attachments.of(
                target(List.of(NATIVE)),
                List.of(counters),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                "bpftrace is attaching",
                process -> Optional.empty(),
                NodePlan.nothing()))
        .containsExactly(
            new Attachment("PageFaults", State.PENDING, "bpftrace is attaching"), counters);
  }

  @Test
  void aGoProgramBesideAJvmThatIsJudgedIsSaidNotToBe() {
    var jvm = process(8, RuntimeKind.JVM, 1 << 30);
    var counters = new Attachment("JvmCounters", State.ATTACHED, null);
    assertThat(
            Attachments.of(
                target(List.of(process(7, RuntimeKind.GO, 1 << 20), jvm)),
                List.of(counters),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                "bpftrace is attaching",
                process -> Optional.empty(),
                NodePlan.nothing()))
        .filteredOn(attachment -> attachment.state() == State.REFUSED)
        .singleElement()
        .satisfies(
            attachment -> {
              assertThat(attachment.probe()).isEqualTo("GoGc");
              assertThat(attachment.reason()).contains("main process is judged");
            });
  }

  @Test
  void aJvmBesideALargerProgramIsSaidNotToBeJudged() {
    var processes = List.of(NATIVE, process(8, RuntimeKind.JVM, 1024));
    assertThat(attachments(processes, Optional.empty(), Optional.empty(), true).getLast())
        .satisfies(
            attachment -> {
              assertThat(attachment.probe()).isEqualTo("JvmCounters");
              assertThat(attachment.state()).isEqualTo(State.REFUSED);
            });
  }

  private static TargetProcess process(long pid, RuntimeKind runtime, long bytes) {
    return new TargetProcess(
        new TargetProcess.Identity("id", pid, 1, new ExecutableId(1, pid)),
        bytes,
        runtime,
        Path.of("/proc/%d/root/app".formatted(pid)),
        Optional.empty(),
        Optional.of("not Go"),
        0);
  }

  private static Target target(List<TargetProcess> processes) {
    return new Target(Web.watched(), Optional.empty(), processes);
  }

  private static List<Attachment> attachments(
      List<TargetProcess> processes,
      Optional<String> noPageFaults,
      Optional<String> failure,
      boolean covered) {
    return Attachments.of(
        target(processes),
        List.of(),
        noPageFaults,
        Map.of(),
        failure,
        "bpftrace is attaching",
        process -> Optional.empty(),
        covered ? plan(processes) : NodePlan.nothing());
  }

  private static NodePlan plan(List<TargetProcess> processes) {
    var identities = processes.stream().map(TargetProcess::identity).collect(Collectors.toSet());
    return new NodePlan(identities, Map.of(), Map.of(), identities);
  }
}
