package dev.heapwarden.crds;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Comparator;
import java.util.List;

/**
 * The CRD of a resource's records. Fabric8's generator does the work; mended here is what it cannot
 * be told by annotation: the order of printer columns, that spec is required, the description of
 * the kind, spec and status, {@link BorrowedTypes}, and validation rules that it finds twice (on a
 * record's field and again on its accessor).
 */
record CrdYaml(
    Class<? extends CustomResource<?, ?>> resource, String description, List<String> columns) {
  String generate() throws IOException {
    var written = new ByteArrayOutputStream();
    new CRDGenerator()
        .customResourceClasses(resource)
        .withOutput(
            new CRDGenerator.AbstractCRDOutput<OutputStream>() {
              @Override
              protected OutputStream createStreamFor(String name) {
                return written;
              }
            })
        .generate();
    var crd =
        Serialization.unmarshal(
            new ByteArrayInputStream(written.toByteArray()), CustomResourceDefinition.class);
    for (var version : crd.getSpec().getVersions()) {
      version.setAdditionalPrinterColumns(
          version.getAdditionalPrinterColumns().stream()
              .sorted(
                  Comparator.comparingInt(
                      (CustomResourceColumnDefinition column) -> position(column.getName())))
              .toList());
      var schema = version.getSchema().getOpenAPIV3Schema();
      schema.setDescription(description);
      schema.setRequired(List.of("spec"));
      BorrowedTypes.property(schema.getProperties(), "spec").setDescription("What is asked for.");
      BorrowedTypes.property(schema.getProperties(), "status")
          .setDescription("What was found. Heapwarden writes it.");
      complete(schema);
    }
    return "# Generated from the records of crds/ by CrdYamlTest: mvn test -pl crds"
        + " -Dheapwarden.generate=true\n"
        + Serialization.asYaml(crd);
  }

  String fileName() {
    return HasMetadata.getPlural(resource) + ".yaml";
  }

  private int position(String column) {
    int position = columns.indexOf(column);
    if (position < 0) {
      throw new IllegalStateException(
          "column " + column + " of " + resource.getSimpleName() + " has no place in " + columns);
    }
    return position;
  }

  private static void complete(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        schema.getXKubernetesValidations().stream().distinct().toList());
    BorrowedTypes.complete(schema);
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(CrdYaml::complete);
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      complete(schema.getItems().getSchema());
    }
    if (schema.getAdditionalProperties() != null
        && schema.getAdditionalProperties().getSchema() != null) {
      complete(schema.getAdditionalProperties().getSchema());
    }
  }
}
