package dev.heapwarden.e2e.respond;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What an API server's own audit log says of who changed what. */
record Audit(Path directory) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whoever writes is logged: what others did must not be counted as ours. */
  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived, ResponseStarted]
      omitManagedFields: true
      rules:
      - level: RequestResponse
        verbs: [create, update, patch, delete]
        resources:
        - {group: "", resources: [pods, pods/status, pods/resize, pods/eviction]}
        - {group: apps, resources: [deployments, deployments/scale, deployments/status]}
        - {group: autoscaling, resources: [horizontalpodautoscalers, horizontalpodautoscalers/status]}
        - {group: networking.k8s.io, resources: [networkpolicies]}
      - level: None
      """;

  /**
   * A request that changed an object.
   *
   * @param resource such as pods, or pods/resize
   * @param told false where the API server answered that it failed: it may have been carried out
   *     all the same, by a store that died before it could say so
   */
  record Effect(String resource, String name, String verb, String at, boolean told) {}

  /** Writes down what is to be logged. */
  static Audit in(Path directory) throws IOException {
    Files.writeString(directory.resolve("policy.yaml"), POLICY);
    return new Audit(directory);
  }

  /**
   * What a program changed in a namespace, oldest first. A request changed something if it gave its
   * object a version that no earlier one had given it; of those that failed nobody knows.
   *
   * @param agent the program's User-Agent
   */
  List<Effect> effects(String namespace, String agent) throws IOException {
    var known = new HashSet<String>();
    var effects = new ArrayList<Effect>();
    for (var event : events(namespace)) {
      var object = event.path("objectRef");
      var version = event.at("/responseObject/metadata/resourceVersion").asText();
      var effect =
          new Effect(
              resource(object),
              object.path("name").asText(),
              event.path("verb").asText(),
              event.path("stageTimestamp").asText(),
              isCarriedOut(event));
      boolean isNew =
          !effect.told()
              || known.add(
                  object.path("resource").asText()
                      + " "
                      + effect.name()
                      + " "
                      + (version.isEmpty() ? effect.resource() : version));
      if (isNew && event.path("userAgent").asText().equals(agent)) {
        effects.add(effect);
      }
    }
    return effects;
  }

  /** How many there are of each kind of object. */
  static Map<String, Integer> counted(List<Effect> effects) {
    return effects.stream().collect(Collectors.toMap(Effect::resource, _ -> 1, Integer::sum));
  }

  private static String resource(JsonNode object) {
    var subresource = object.path("subresource").asText();
    return object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource);
  }

  /** The answer to an eviction has no version: no pod can be evicted twice. */
  private static boolean isRehearsal(JsonNode event) {
    return event.path("requestURI").asText().contains("dryRun")
        || !event.at("/requestObject/deleteOptions/dryRun").isMissingNode();
  }

  private static boolean isCarriedOut(JsonNode event) {
    return code(event) / 100 == 2;
  }

  private static int code(JsonNode event) {
    return event.at("/responseStatus/code").asInt();
  }

  /** Those that were carried out, or may have been, in the order of their ends. */
  private List<JsonNode> events(String namespace) throws IOException {
    var events = new ArrayList<JsonNode>();
    try (var files = Files.newDirectoryStream(directory, "audit*.log")) {
      for (var file : files) {
        try (var lines = Files.lines(file)) {
          for (var line : (Iterable<String>) lines.filter(it -> it.contains(namespace))::iterator) {
            var event = JSON.readTree(line);
            if (event.at("/objectRef/namespace").asText().equals(namespace)
                && (isCarriedOut(event) || code(event) >= 500)
                && !isRehearsal(event)) {
              events.add(event);
            }
          }
        }
      }
    }
    events.sort(Comparator.comparing(event -> event.path("stageTimestamp").asText()));
    return events;
  }
}
