package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.TableColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kubectl explain} and {@code kubectl get} show. */
@Order(1)
@ExtendWith(ApiServer.class)
class SchemaIT {
  @ParameterizedTest
  @ValueSource(strings = {"memorypolicies", "leakincidents", "memorysnapshots"})
  void kubectlExplainHasASentenceForEveryField(String plural, KubernetesClient client) {
    var definition =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(plural + ".heapwarden.dev")
            .require();
    assertThat(definition.getSpec().getVersions()).isNotEmpty();
    assertThat(definition.getSpec().getVersions()).flatMap(SchemaIT::undocumented).isEmpty();
  }

  @Test
  void kubectlGetShowsALeakAtAGlance(Tenant tenant) throws IOException {
    var incident =
        Manifests.resources(
                Manifests.ROOT.resolve("e2e/src/test/resources/accepted/in-incident.yaml"))
            .getFirst();
    var table = tenant.client().resource(tenant.create(incident)).getAsTable();
    assertThat(table.getColumnDefinitions())
        .filteredOn(column -> column.getPriority() == 0)
        .extracting(TableColumnDefinition::getName)
        .extracting(name -> name.toUpperCase(Locale.ROOT))
        .containsExactly(
            "NAME",
            "WORKLOAD",
            "CONTAINER",
            "LAYER",
            "GROWTH",
            "LIMIT-IN",
            "SITE",
            "LEVEL",
            "PHASE",
            "AGE");
  }

  private static List<String> undocumented(CustomResourceDefinitionVersion version) {
    var found = new ArrayList<String>();
    collect("", version.getSchema().getOpenAPIV3Schema(), found);
    return found;
  }

  private static void collect(String path, JSONSchemaProps schema, List<String> found) {
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, property) -> {
                if (property.getDescription() == null) {
                  found.add(path + "." + name);
                }
                collect(path + "." + name, property, found);
              });
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      collect(path + "[]", schema.getItems().getSchema(), found);
    }
  }
}
