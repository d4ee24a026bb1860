package dev.heapwarden.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code -Dheapwarden.generate=true} it writes what it otherwise checks. */
class CrdYamlTest {
  private static final Path CHART =
      Path.of(System.getProperty("heapwarden.root")).resolve("manifests/chart/crds");

  static Stream<CrdYaml> resources() {
    return Stream.of(
        new CrdYaml(
            MemoryPolicy.class,
            "A MemoryPolicy selects pods of its own namespace and says what to watch, when to worry"
                + " and how far to go.",
            List.of(
                "Mode",
                "Pods",
                "Containers",
                "Attached",
                "Suspected",
                "Confirmed",
                "Age",
                "Overhead")),
        new CrdYaml(
            LeakIncident.class,
            "A LeakIncident is one leak of one container of one workload, and the record of all"
                + " that was done about it.",
            List.of(
                "Workload",
                "Container",
                "Episode",
                "Verdict",
                "Layer",
                "Growth",
                "Limit-In",
                "Site",
                "Level",
                "Phase",
                "Age")),
        new CrdYaml(
            MemorySnapshot.class,
            "A MemorySnapshot asks the agent of the pod's node for evidence of one container.",
            List.of("Pod", "Container", "Phase", "Site", "Age")));
  }

  @ParameterizedTest
  @MethodSource("resources")
  void theChartHoldsTheCrdOfTheRecords(CrdYaml crd) throws IOException {
    var generated = crd.generate();
    var committed = CHART.resolve(crd.fileName());
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.createDirectories(CHART);
      Files.writeString(committed, generated);
    }
    assertThat(committed).hasContent(generated);
  }
}
