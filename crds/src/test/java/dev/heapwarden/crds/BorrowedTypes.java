package dev.heapwarden.crds;

import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Kubernetes' own types inside our schemas. Fabric8's classes of them carry neither the
 * documentation nor the validation that the API server applies to them elsewhere.
 */
final class BorrowedTypes {
  private static final String NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
  private static final String KEY = "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?" + NAME + "$";
  private static final String VALUE = "^(" + NAME + ")?$";
  private static final Map<String, String> CONDITION =
      Map.of(
          "type", "What the condition speaks of.",
          "status", "True, False or Unknown.",
          "reason", "Why, in one CamelCase word.",
          "message", "Why, in a sentence.",
          "lastTransitionTime", "When the status last changed, ISO 8601.",
          "observedGeneration", "Generation of the spec that the condition speaks of.");

  private BorrowedTypes() {}

  static void complete(JSONSchemaProps schema) {
    var properties = schema.getProperties();
    if (properties == null) {
      return;
    }
    if (properties.containsKey("matchExpressions")) {
      completeSelector(properties);
    }
    if (properties.containsKey("lastTransitionTime")) {
      CONDITION.forEach((name, text) -> property(properties, name).setDescription(text));
    }
  }

  private static void completeSelector(Map<String, JSONSchemaProps> selector) {
    var labels = property(selector, "matchLabels");
    labels.setDescription("Labels that the pod must have, each with this value.");
    labels.setMaxProperties(32L);
    // A schema has no pattern for the keys of a map.
    labels.setXKubernetesValidations(
        List.of(
            new ValidationRuleBuilder()
                .withRule("self.all(k, k.matches('" + KEY + "'))")
                .withMessage(
                    "a label's key is a name of at most 63 characters, with or without the prefix"
                        + " of a domain and a slash")
                .build()));
    labels.getAdditionalProperties().getSchema().setPattern(VALUE);
    labels.getAdditionalProperties().getSchema().setMaxLength(63L);
    var expressions = property(selector, "matchExpressions");
    expressions.setDescription("Conditions that the pod's labels must meet, all of them.");
    expressions.setMaxItems(32L);
    var expression = expressions.getItems().getSchema();
    expression.setRequired(List.of("key", "operator"));
    var key = property(expression.getProperties(), "key");
    key.setDescription("Key of the label.");
    key.setPattern(KEY);
    key.setMaxLength(317L);
    var operator = property(expression.getProperties(), "operator");
    operator.setDescription("In and NotIn compare with values; Exists and DoesNotExist take none.");
    operator.setEnum(
        Stream.of("DoesNotExist", "Exists", "In", "NotIn")
            .<com.fasterxml.jackson.databind.JsonNode>map(TextNode::valueOf)
            .toList());
    var values = property(expression.getProperties(), "values");
    values.setDescription("Values of the label.");
    values.setMaxItems(64L);
    values.getItems().getSchema().setPattern(VALUE);
    values.getItems().getSchema().setMaxLength(63L);
  }

  /** A property that the records must have. */
  static JSONSchemaProps property(Map<String, JSONSchemaProps> properties, String name) {
    return Objects.requireNonNull(properties.get(name), name);
  }
}
