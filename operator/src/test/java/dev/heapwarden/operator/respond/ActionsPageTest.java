package dev.heapwarden.operator.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.respond.journal.ActionKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With {@code -Dheapwarden.generate=true} it writes what it otherwise checks. */
class ActionsPageTest {
  private static final Path DOCS = Path.of(System.getProperty("heapwarden.root")).resolve("docs");

  private static final String PAGE =
      """
      <!-- Generated from ActionKind and ActionTable: mvn test -pl operator -am -Dheapwarden.generate=true -->
      # What is done about a leak

      Each action is written in `status.steps` of its LeakIncident before it is done and after it was seen to be done, with what it
      was done to, the exact patch and what its undo needs to know. Everything is taken back when a person asks
      (`spec.response.undo: true`), when its incident or its MemoryPolicy is deleted, and when Heapwarden is uninstalled. What can
      not be undone says why. An installation without level 2 or 3 is not granted the permissions below ([rbac.md](rbac.md)).

      | action | level | what it touches | where it is refused or only suggested | undo | permissions |
      |---|---|---|---|---|---|
      ACTIONS
      ## The guards before every action

      The first that holds speaks: the reason is in `status.waitingFor` of the incident, and on its timeline.

      | guard | of | what it says | set by |
      |---|---|---|---|
      | level | all | `LevelNotInstalled`: the step is refused | the chart's `levels`; a policy's `respond.maxLevel` goes no farther |
      | uninstalling | all | `Uninstalling` | there while Heapwarden is being uninstalled |
      | suspend | all | `Suspended` | `spec.response.suspend` of the incident |
      | mode | all | `mode Observe`; with DryRun the step is `Planned`, with its patch | `respond.mode` |
      | approval | all | `AwaitingApproval`, also when the approval is older than its time | `spec.response.approvedLevel` of the incident, `respond.approvalTtl` |
      | circuit breaker | changes | `CircuitBreaker` | `respond.limits.unhelpfulResponses`, and the annotation below |
      | evidence | changes | `EvidenceStale`: the leak is not confirmed now | `observe.window` |
      | maintenance window | 2, 3 | `MaintenanceWindow` | `respond.maintenanceWindows` |
      | cooldown | all | `Cooldown` | `respond.cooldown` |
      | budget | changes | `Budget` | `respond.limits.actionsPerHour`; the chart's `operator.namespaceLimits` and `operator.clusterLimits` |
      | actions at the same time | changes | `ConcurrentActions` | the chart's `operator.namespaceLimits` and `operator.clusterLimits` |
      | isolations at the same time | Isolate | `ConcurrentIsolations` | `respond.limits.concurrentIsolations`, and the same values of the chart |
      | precedent | 3 | `NotRepeated`: only suggested | the same change was taken back in an earlier incident of the container |

      "Changes" are CHANGES. Warm-up is a matter of detection: before `observe.warmUp` no leak is confirmed. Budgets and the circuit
      breaker count what was done under incidents that were deleted since, too; of a policy that is deleted they forget it.

      ## Approving

      ```
      kubectl patch leakincident NAME --type=merge -p '{"spec":{"response":{"approvedLevel":2}}}'
      ```

      An approval holds for `respond.approvalTtl` (24h by default), from the time that the API server recorded for it. Afterwards
      `waitingFor` says so; to approve again set the level to 0 and then to what it shall be.

      ## The circuit breaker

      When `respond.limits.unhelpfulResponses` responses of a policy (3 by default) changed the workload within 24 hours and ended as
      `RolledBack` or `NeedsHuman`, nothing more is changed under that policy: its condition `BreakerClosed` is `False` and names the
      incidents. A failed or undone action counts, an intervention of whose effect nothing could be told, too; an isolation that
      leaves the rest to a person does not. Evidence is still taken. It never closes by itself. Who has looked closes it:

      ```
      kubectl -n NAMESPACE annotate memorypolicy NAME --overwrite heapwarden.dev/breaker-closed-at=$(date -u +%FT%TZ)
      ```

      ## A leak that comes back

      One leak of a container of a workload is one incident, however many pods show it. What leaks again after its incident has ended is
      a new one: `spec.target.episode` counts them, `status.predecessor` names the one before with its site and outcome, and its timeline
      and an Event of type Warning say `LeakRecurred`. The alert `HeapwardenLeakRecurs` of manifests/alerts is critical from the second
      episode on: what was done before bought time, and people are needed. A change that was rolled back is not made again
      (`NotRepeated`); when a new incident may begin at all is a matter of `respond.cooldown`.

      ## What collections will cost

      A lower GOGC makes a Go program collect more often: `gcPercent: 20` five times as often as Go's default of 100. The step says how
      often and for how much CPU, forecast from the live heap and the collections that were seen, with 3 ms of CPU for each MiB that is
      marked. That is much: maps of small structs took 0.6 to 3.3 ms, large buffers next to nothing. With `go.gcCpuPercent` a GOGC whose
      forecast takes more than this share of the container's CPU limit (of one CPU without a limit) is refused: of `gcPercent` and the
      rungs 5, 20 and 50 above it the lowest that keeps within the share is set, and where none does, or live heap and collections are
      not known, GOGC is left out. An operator that has just started waits for the first verdict, five minutes at most. Without `gcCpuPercent` `gcPercent` is set whatever it takes. A GOGC that somebody else set is left
      alone in either case.

      ## What is declared elsewhere

      A Deployment that Argo CD or Flux keeps as it is in Git, by its labels, annotations or field managers, is not changed: the steps
      of level 3 are `Suggested`, with the patch as YAML in `status.steps[].patch`, to be made in Git. Of what Helm installed only
      values that the chart names are left alone: Helm changes nothing between two upgrades. Pods are in no Git: they are isolated,
      resized and restarted all the same.

      A patch that is suggested for a variable that holds several settings (GODEBUG, JAVA_TOOL_OPTIONS) keeps those that the pod
      template shows, with ours behind them. Where a ConfigMap, a Secret or the image sets the variable no patch can be exact: the
      step says what to add to which variable.

      ## What a restart is worth

      A restart gives back what has grown and cures nothing. Its growth is compared at the same age as that of any other change; where
      it is as before the incident ends as `Mitigated` only where the first pod now reaches its limit later than it would have without,
      and says both times; otherwise as `NeedsHuman`. It is never `Resolved` because the pods are young.
      """;

  @Test
  void theDocumentationHoldsTheTableOfActions() throws IOException {
    var committed = DOCS.resolve("actions.md");
    var generated = PAGE.replace("ACTIONS", ActionTable.markdown()).replace("CHANGES", changes());
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.writeString(committed, generated);
    }
    assertThat(committed).hasContent(generated);
  }

  @Test
  void everyPermissionOfALevelIsOfOneOfItsActions() {
    for (int level = 1; level <= 3; level++) {
      assertThat(granted(level)).as("of level " + level).isEqualTo(needed(level));
    }
  }

  private static String changes() {
    return Arrays.stream(ActionKind.values())
        .filter(ActionKind::changesWorkload)
        .map(ActionKind::text)
        .collect(Collectors.joining(", "));
  }

  private static String needed(int level) {
    return sorted(
        Arrays.stream(ActionKind.values())
            .filter(kind -> kind.level() == level)
            .flatMap(kind -> ActionTable.of(kind).permissions().stream()));
  }

  /** The rows of docs/rbac.md, which another test holds to the chart. */
  private static String granted(int level) {
    var start = "| %d | ".formatted(level);
    try (var lines = Files.lines(DOCS.resolve("rbac.md"))) {
      return sorted(
          lines
              .filter(line -> line.startsWith(start))
              .map(line -> line.substring(start.length()).split(" \\| ", -1))
              .map(cells -> cells[0] + " " + cells[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sorted(Stream<String> permissions) {
    return permissions.distinct().sorted().collect(Collectors.joining("\n"));
  }
}
