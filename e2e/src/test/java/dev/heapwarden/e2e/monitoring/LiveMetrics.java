package dev.heapwarden.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.e2e.scenario.Installation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The {@code /metrics} of an installation, asked through the API server. */
public record LiveMetrics(KubernetesClient client) {
  /** Only a JVM has them. */
  private static final Set<String> OF_JVMS =
      Set.of(
          "heapwarden_container_gc_pause_seconds_total",
          "heapwarden_container_old_generation_bytes",
          "heapwarden_container_metaspace_bytes",
          "heapwarden_container_heap_limit_bytes",
          "heapwarden_container_loaded_classes",
          "heapwarden_container_threads");

  /**
   * Only there while something was refused, an incident has not ended, or some workload grows
   * towards a limit.
   */
  private static final Set<String> PASSING =
      Set.of(
          "heapwarden_operator_incident_episode",
          "heapwarden_operator_steps_refused",
          "heapwarden_workload_growth_bytes_per_second",
          "heapwarden_workload_time_to_limit_seconds");

  /** Only there of programs whose own metrics tell of their requests, or of direct buffers. */
  private static final Set<String> OF_OWN_METRICS =
      Set.of(
          "heapwarden_container_direct_memory_bytes",
          "heapwarden_container_requests_total",
          "heapwarden_container_request_seconds_total",
          "heapwarden_container_failed_requests_total");

  /** Only there on nodes with cgroup v2. */
  private static final Set<String> OF_CGROUP_V2 =
      Set.of("heapwarden_container_page_tables_bytes", "heapwarden_container_socket_memory_bytes");

  /**
   * Fails unless both programs say what is documented, once a leak of a Go program was answered.
   */
  public void areDocumented() throws Exception {
    compare(scrape("operator", 8080), RunningPrograms.operator());
    compare(scrape("agent", 9463), RunningPrograms.agent());
  }

  /** User page faults that the agents have counted in a workload's pods, all together. */
  public double pageFaults(String namespace, String workload) {
    return scrape("agent", 9463).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("heapwarden_container_page_faults_total{"))
        .filter(line -> line.contains("namespace=\"%s\"".formatted(namespace)))
        .filter(line -> line.contains("pod=\"%s-".formatted(workload)))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void compare(List<String> pages, String documented) throws Exception {
    var found = new TreeMap<String, Exposition.Family>();
    for (var page : pages) {
      Promtool.run(page, "check", "metrics");
      found.putAll(Exposition.families(page));
    }
    var known = Exposition.families(documented);
    assertThat(known.keySet()).containsAll(found.keySet());
    found
        .values()
        .forEach(
            family -> {
              var same = known.getOrDefault(family.name(), family);
              assertThat(family.type()).as(family.name()).isEqualTo(same.type());
              assertThat(same.labels()).as(family.name()).containsAll(family.labels());
            });
    var missing = new TreeSet<>(known.keySet());
    missing.removeAll(found.keySet());
    missing.removeAll(OF_JVMS);
    missing.removeAll(PASSING);
    missing.removeAll(OF_OWN_METRICS);
    missing.removeAll(OF_CGROUP_V2);
    assertThat(missing).isEmpty();
  }

  /** Each pod's page: only the leader among the operators tells of the cluster. */
  private List<String> scrape(String component, int port) {
    var pods =
        client
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .withLabel("app.kubernetes.io/component", component)
            .list()
            .getItems()
            .stream()
            .map(pod -> pod.getMetadata().getName())
            .toList();
    assertThat(pods).isNotEmpty();
    return pods.stream().map(pod -> ask(pod, port)).toList();
  }

  private String ask(String pod, int port) {
    var text =
        client.raw(
            "/api/v1/namespaces/%s/pods/%s:%d/proxy/metrics"
                .formatted(Installation.NAMESPACE, pod, port));
    assertThat(text).as(pod).isNotNull();
    return text;
  }
}
