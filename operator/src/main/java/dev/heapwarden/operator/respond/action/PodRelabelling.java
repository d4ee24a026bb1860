package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The JSON patches (RFC 6902) that isolate a pod and put it back. Each tests what it rests on, so
 * that a pod that changed meanwhile is refused by the API server and not overwritten.
 */
final class PodRelabelling {
  private PodRelabelling() {}

  static List<Map<String, Object>> isolate(
      Pod pod, Set<String> keys, String incident, String policy) {
    var labels = pod.getMetadata().getLabels();
    var operations = new ArrayList<Map<String, Object>>();
    operations.add(test("/metadata/uid", pod.getMetadata().getUid()));
    var originals = new LinkedHashMap<String, String>();
    for (var key : keys) {
      var value = labels.getOrDefault(key, "");
      originals.put(key, value);
      operations.add(test(label(key), value));
      operations.add(operation("replace", label(key), QuarantineLabels.quarantined(value)));
    }
    operations.add(operation("add", label(Api.QUARANTINE_LABEL), incident));
    var notes =
        Map.of(
            Api.ORIGINAL_LABELS_ANNOTATION,
            Serialization.asJson(originals),
            Api.POLICY_ANNOTATION,
            policy);
    var annotations = pod.getMetadata().getAnnotations();
    if (annotations == null || annotations.isEmpty()) {
      // The whole map is written: the version makes sure that nobody wrote one meanwhile.
      operations.add(test("/metadata/resourceVersion", pod.getMetadata().getResourceVersion()));
      operations.add(operation("add", "/metadata/annotations", new HashMap<>(notes)));
    } else {
      notes.forEach((key, value) -> operations.add(operation("add", annotation(key), value)));
    }
    return operations;
  }

  /** The labels that still bear the quarantine's value, as they were before it. */
  static NavigableMap<String, String> stillOurs(
      Map<String, String> labels, Map<String, String> originals) {
    var ours = new TreeMap<>(originals);
    ours.entrySet()
        .removeIf(
            was -> !QuarantineLabels.quarantined(was.getValue()).equals(labels.get(was.getKey())));
    return ours;
  }

  /** Changes back what is still as it was set; what somebody changed since stays theirs. */
  static List<Map<String, Object>> restore(Pod pod, Map<String, String> originals) {
    var metadata = pod.getMetadata();
    var operations = new ArrayList<Map<String, Object>>();
    operations.add(test("/metadata/uid", metadata.getUid()));
    stillOurs(metadata.getLabels(), originals)
        .forEach(
            (key, value) -> {
              operations.add(test(label(key), QuarantineLabels.quarantined(value)));
              operations.add(operation("replace", label(key), value));
            });
    operations.add(Map.of("op", "remove", "path", label(Api.QUARANTINE_LABEL)));
    var annotations = metadata.getAnnotations();
    for (var key : List.of(Api.ORIGINAL_LABELS_ANNOTATION, Api.POLICY_ANNOTATION)) {
      if (annotations != null && annotations.containsKey(key)) {
        operations.add(Map.of("op", "remove", "path", annotation(key)));
      }
    }
    return operations;
  }

  private static Map<String, Object> test(String path, String value) {
    return operation("test", path, value);
  }

  private static Map<String, Object> operation(String op, String path, Object value) {
    var operation = new LinkedHashMap<String, Object>();
    operation.put("op", op);
    operation.put("path", path);
    operation.put("value", value);
    return operation;
  }

  private static String label(String key) {
    return "/metadata/labels/" + escaped(key);
  }

  private static String annotation(String key) {
    return "/metadata/annotations/" + escaped(key);
  }

  /** RFC 6901. */
  private static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
