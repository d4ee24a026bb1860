package dev.heapwarden.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Dashboard and rules, read by Prometheus' own parser, against what both programs expose. */
@Order(0)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringIT {
  private static final Path MANIFESTS =
      Path.of(System.getProperty("heapwarden.root")).resolve("manifests");
  private static final Path RULES = MANIFESTS.resolve("alerts/heapwarden.rules.yaml");
  private static final Path DASHBOARD = MANIFESTS.resolve("dashboards/heapwarden.json");

  /** By series, its labels with their values. */
  private final Map<String, Map<String, SortedSet<String>>> exposed = new HashMap<>();

  @BeforeAll
  void bothProgramsAreAsked() throws Exception {
    for (var text : List.of(RunningPrograms.operator(), RunningPrograms.agent())) {
      for (var family : Exposition.families(text).values()) {
        family.series().forEach(series -> exposed.put(series, family.values()));
      }
    }
  }

  @Test
  void bothPagesAreAsPrometheusWantsThem() throws Exception {
    Promtool.run(RunningPrograms.operator(), "check", "metrics");
    Promtool.run(RunningPrograms.agent(), "check", "metrics");
  }

  @Test
  void everyAlertFiresWhenItShouldAndOnlyThen() throws Exception {
    Promtool.run("", "check", "rules", "--lint-fatal", RULES.toString());
    var tests = RULES.resolveSibling("heapwarden.rules.test.yaml");
    Promtool.run("", "test", "rules", tests.toString());
    for (var rule : rules()) {
      if (rule.has("alert")) {
        assertThat(tests).content().contains("alertname: " + rule.get("alert").asText());
      }
    }
  }

  @Test
  void rulesAskOnlyForWhatIsExposed() throws Exception {
    for (var rule : rules()) {
      var labels = Promtool.query(rule.get("expr").asText()).check(exposed);
      for (var text : rule.path("annotations")) {
        assertThat(labels).as(text.asText()).containsAll(Query.placeholders(text.asText()));
      }
    }
  }

  @Test
  void theDashboardAsksOnlyForWhatIsExposed() throws Exception {
    var dashboard = Serialization.unmarshal(Files.readString(DASHBOARD), JsonNode.class);
    assertThat(dashboard.get("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
    var targets = dashboard.findValues("targets");
    assertThat(targets).hasSizeGreaterThan(20);
    for (var panel : targets) {
      for (var target : panel) {
        var labels = Promtool.query(target.get("expr").asText()).check(exposed);
        assertThat(labels)
            .as(target.toString())
            .containsAll(Query.placeholders(target.get("legendFormat").asText()));
      }
    }
    for (var definition : dashboard.findValuesAsText("definition")) {
      // label_values(SELECTOR, LABEL) is Grafana's own.
      int comma = definition.lastIndexOf(',');
      var selector = definition.substring("label_values(".length(), comma);
      var label = definition.substring(comma + 1, definition.length() - 1).strip();
      assertThat(Promtool.query(selector).check(exposed)).contains(label);
    }
  }

  private static List<JsonNode> rules() throws IOException {
    var rules = new ArrayList<JsonNode>();
    for (var group :
        Serialization.unmarshal(Files.readString(RULES), JsonNode.class).get("groups")) {
      group.get("rules").forEach(rules::add);
    }
    assertThat(rules).hasSizeGreaterThan(10);
    return rules;
  }
}
