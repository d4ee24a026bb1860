package dev.heapwarden.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.e2e.monitoring.Exposition.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** With {@code -Dheapwarden.generate=true} it writes what it otherwise checks. */
class MetricsPageTest {
  private static final Path COMMITTED =
      Path.of(System.getProperty("heapwarden.root")).resolve("docs/metrics.md");

  /** Names of people's own choosing, and words from closed lists; of pods only what is theirs. */
  private static final Set<String> LABELS =
      Set.of(
          "action",
          "cause",
          "container",
          "kind",
          "layer",
          "level",
          "namespace",
          "phase",
          "pod",
          "policy",
          "probe",
          "quantile",
          "reason",
          "runtime",
          "site",
          "state",
          "verdict",
          "workload",
          "workload_kind");

  @Test
  void theDocumentationListsWhatBothProgramsExpose() throws Exception {
    var generated = page();
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, generated);
    }
    assertThat(COMMITTED).hasContent(generated);
  }

  @Test
  void labelsAreBoundedAndPodsAreNamedOnlyWhereTheSeriesIsOfAPod() throws Exception {
    var all = Exposition.families(RunningPrograms.operator() + RunningPrograms.agent()).values();
    assertThat(all)
        .isNotEmpty()
        .allSatisfy(
            family -> {
              assertThat(LABELS).containsAll(family.labels());
              assertThat(family.labels().contains("pod"))
                  .isEqualTo(family.name().startsWith("heapwarden_container_"));
              assertThat(family.help()).matches("[A-Z0-9].*");
            });
  }

  private static String page() throws IOException, InterruptedException {
    return """
    <!-- Generated from what both programs expose: mvn test -pl e2e -am -Dheapwarden.generate=true -->
    # Metrics

    Both programs serve `/metrics` in Prometheus' text format. Series of containers carry namespace
    and pod of the watched container, not of the agent: scrape with `honor_labels: true`. A standby
    of the operator says only that it does not lead, so sums over all replicas are right. Figures of
    incidents are of those that are kept, 30 days after their end by default; a container's series
    end when it is watched no more. No metric holds heap contents or keys of maps.
    Init containers that end and ephemeral ones are not watched, by design (sidecars are): no series
    is theirs, and what they use is in no other container's figures.

    `manifests/alerts/heapwarden.rules.yaml` holds alert rules, `manifests/dashboards/heapwarden.json`
    a Grafana dashboard.

    ## Operator, port 8080

    %s
    ## Agent, port 9463

    %s\
    """
        .formatted(
            table(Exposition.families(RunningPrograms.operator())),
            table(Exposition.families(RunningPrograms.agent())));
  }

  private static String table(SortedMap<String, Family> families) {
    return families.values().stream()
        .map(
            family ->
                "| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                        family.name(),
                        family.type(),
                        family.unit(),
                        String.join(", ", family.labels()),
                        family.help()))
        .collect(
            Collectors.joining(
                "", "| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n", ""));
  }
}
