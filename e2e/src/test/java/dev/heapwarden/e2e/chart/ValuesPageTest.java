package dev.heapwarden.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** With {@code -Dheapwarden.generate=true} it writes the page that it otherwise checks. */
class ValuesPageTest {
  private static final Path PAGE = Chart.ROOT.resolve("docs/values.md");
  private final String values = Chart.read(Chart.DIRECTORY.resolve("values.yaml"));

  @Test
  void thePageSaysWhatEveryValueIs() throws IOException {
    var page = page();
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).hasContent(page);
  }

  @Test
  void everyValueHasACommentAndIsCheckedByTheSchema() {
    var schema =
        Serialization.unmarshal(
            Chart.read(Chart.DIRECTORY.resolve("values.schema.json")), JsonNode.class);
    var checked = new TreeSet<String>();
    leaves("", schema, checked);
    // Helm's own: what a parent chart shares.
    checked.remove("global");
    assertThat(ValueComments.of(values).keySet()).containsExactlyInAnyOrderElementsOf(checked);
  }

  private static void leaves(String prefix, JsonNode schema, Set<String> paths) {
    for (var property : schema.path("properties").properties()) {
      var path = prefix + property.getKey();
      if (property.getValue().has("properties")) {
        assertThat(property.getValue().path("additionalProperties").asBoolean(true))
            .as("a misspelt value below %s is let through", path)
            .isFalse();
        leaves(path + ".", property.getValue(), paths);
      } else {
        paths.add(path);
      }
    }
  }

  private String page() {
    var defaults = Serialization.unmarshal(values, JsonNode.class);
    var page =
        new StringBuilder(
            """
            <!-- Generated from the chart's values.yaml: mvn test -pl e2e -am -Dheapwarden.generate=true -->
            # Values of the chart

            `helm install` and `helm upgrade` check them: what is misspelt or out of range is refused.

            | value | default | what it is |
            |---|---|---|
            """);
    ValueComments.of(values)
        .forEach(
            (path, comment) ->
                page.append("| `%s` | `%s` | %s |%n".formatted(path, at(defaults, path), comment)));
    return page.toString();
  }

  private static JsonNode at(JsonNode defaults, String path) {
    return defaults.at("/" + path.replace('.', '/'));
  }
}
