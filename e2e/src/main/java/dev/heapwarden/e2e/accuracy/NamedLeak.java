package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.e2e.corpus.Trace.Snapshot;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.incident.Findings;
import dev.heapwarden.operator.respond.action.SnapshotCause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an incident says of a leak that was confirmed: the samples, and what the snapshots that it
 * ordered say more than those, by the operator's own code.
 */
final class NamedLeak {
  private static final ContainerKey CONTAINER = new ContainerKey("", "", "", "", "");

  private NamedLeak() {}

  /**
   * @param first what samples said when it was confirmed, by which the incident was opened
   * @param last what they said when it was confirmed for the last time
   * @param snapshots oldest first
   */
  static Evidence of(Evidence first, Evidence last, List<Snapshot> snapshots) {
    var baseline = first;
    for (var snapshot : snapshots) {
      baseline = refined(baseline, snapshot);
    }
    return orOfCause(last, baseline.cause(), baseline.layer(), baseline.site());
  }

  private static Evidence refined(Evidence evidence, Snapshot snapshot) {
    return SnapshotCause.of(finding(evidence), snapshot.snapshot())
        .map(named -> orOfCause(evidence, named.cause(), named.cause().layer(), named.site()))
        .orElse(evidence);
  }

  private static Evidence orOfCause(Evidence evidence, Cause cause, Layer layer, String site) {
    var finding = finding(evidence).orOfCause(Names.camel(cause), Names.camel(layer));
    return new Evidence(
        constant(Layer.values(), finding.layer()),
        constant(Cause.values(), finding.cause()),
        evidence.sentence(),
        evidence.growth(),
        evidence.timeToLimit(),
        site,
        evidence.witnesses(),
        evidence.features());
  }

  private static Finding finding(Evidence evidence) {
    var assessment =
        new Assessment(
            "",
            CONTAINER,
            RuntimeKind.UNKNOWN,
            false,
            new Verdict.Confirmed(evidence),
            Duration.ZERO,
            Instant.EPOCH);
    return Findings.of(assessment, List.of(assessment));
  }

  private static <T extends Enum<T>> T constant(T[] all, String text) {
    return Stream.of(all).filter(one -> Names.camel(one).equals(text)).findFirst().orElseThrow();
  }
}
