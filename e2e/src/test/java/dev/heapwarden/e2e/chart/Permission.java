package dev.heapwarden.e2e.chart;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.Collection;
import java.util.stream.Stream;

/** One verb on one resource. */
record Permission(String resource, String verb) {
  static Stream<Permission> of(Collection<String> resources, Collection<String> verbs) {
    return resources.stream()
        .flatMap(resource -> verbs.stream().map(verb -> new Permission(resource, verb)));
  }

  static Stream<Permission> of(PolicyRule rule) {
    return of(rule.getResources(), rule.getVerbs());
  }
}
