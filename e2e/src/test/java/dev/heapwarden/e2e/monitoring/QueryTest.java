package dev.heapwarden.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rule or a panel that asks for what is never there would be silent for ever. */
class QueryTest {
  private static final Map<String, Map<String, SortedSet<String>>> EXPOSED =
      Map.of(
          "incidents",
          Map.of(
              "phase",
              new TreeSet<>(Set.of("Mitigated", "Resolved")),
              "shop",
              new TreeSet<>(Set.of("till"))));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "incidents",
        "sum by (phase) (incidents{phase=\"Resolved\"})",
        "incidents{phase=~\"Mitigated|Resolved\",shop=~\"$shop\"}",
      })
  void whatIsExposedMayBeAskedFor(String query) {
    assertThat(new Query(query).check(EXPOSED)).contains("phase", "shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "incident",
        "incidents{phases=\"Resolved\"}",
        "sum by (kind) (incidents)",
        "incidents{phase=\"resolved\"}",
        "incidents{phase!=\"Solved\"}",
        "incidents{phase=~\"Mitigated|Solved\",shop=~\"$shop\"}",
        "sum(incidents) / sum(incidents{shop=\"Resolved\"})",
      })
  void whatIsNotExposedIsFound(String query) {
    assertThatThrownBy(() -> new Query(query).check(EXPOSED)).isInstanceOf(AssertionError.class);
  }

  @Test
  void theWordsOfATemplateAreNoLabels() {
    assertThat(Query.placeholders("{{ with $labels.shop }} in {{ $labels.shop }}{{ end }}"))
        .containsExactly("shop");
  }
}
