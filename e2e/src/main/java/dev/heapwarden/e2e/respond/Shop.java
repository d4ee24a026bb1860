package dev.heapwarden.e2e.respond;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A namespace with a workload of two replicas behind two Services that select by different labels.
 */
record Shop(KubernetesClient client, String namespace) {
  static final Duration SOON = Duration.ofMinutes(2);

  private static final String COMMON =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: NAMESPACE}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: checkout, namespace: NAMESPACE}
      spec: {selector: {app: checkout}, ports: [{port: 80, targetPort: 8080}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: public, namespace: NAMESPACE}
      spec: {selector: {exposed: "true"}, ports: [{port: 80, targetPort: 8080}]}
      ---
      """;

  private static final String WORKLOAD =
      """
      apiVersion: apps/v1
      kind: KIND
      metadata: {name: checkout, namespace: NAMESPACE}
      spec:
        replicas: 2
        selector: {matchLabels: {app: checkout}}
        template:
          metadata: {labels: {app: checkout, exposed: "true", team: till}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: checkout
              image: localhost/heapwarden-sessions:dev
              imagePullPolicy: Never
              env: [ENV]
              resources: {limits: {memory: 256Mi}, requests: {cpu: 1m, memory: 8Mi}}
      """;

  private static final String FRAGILE =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: checkout, namespace: NAMESPACE}
      spec:
        replicas: 2
        progressDeadlineSeconds: 6
        selector: {matchLabels: {app: checkout}}
        template:
          metadata: {labels: {app: checkout, exposed: "true"}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: checkout
              image: localhost/heapwarden-orders:dev
              imagePullPolicy: IfNotPresent
              command: [sh, -c, 'test -z "$GOGC" && exec sleep 3600']
              readinessProbe: {exec: {command: ["true"]}, initialDelaySeconds: 2, periodSeconds: 1}
              resources: {limits: {memory: 64Mi}, requests: {cpu: 1m, memory: 8Mi}}
      """;

  static Shop open(KubernetesClient client, String namespace, String kind, String env) {
    return open(
        client, namespace, WORKLOAD.replace("KIND", kind).replace("[ENV]", "[" + env + "]"));
  }

  /** A Deployment of which a pod that has GOGC in its environment ends before it is ready. */
  static Shop openFragile(KubernetesClient client, String namespace) {
    return open(client, namespace, FRAGILE);
  }

  private static Shop open(KubernetesClient client, String namespace, String workload) {
    var yaml = (COMMON + workload).replace("NAMESPACE", namespace);
    client
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .resources()
        .forEach(Shop::put);
    var shop = new Shop(client, namespace);
    within(SOON).until(() -> shop.servingPods().size() == 2);
    return shop;
  }

  /** From now on an autoscaler without metrics decides on the replicas: on two at least. */
  void autoscale() {
    client
        .resource(
            new HorizontalPodAutoscalerBuilder()
                .withNewMetadata()
                .withName("checkout")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withMinReplicas(2)
                .withMaxReplicas(10)
                .withNewScaleTargetRef("apps/v1", "Deployment", "checkout")
                .endSpec()
                .build())
        .create();
  }

  List<HorizontalPodAutoscaler> autoscalers() {
    return client
        .autoscaling()
        .v2()
        .horizontalPodAutoscalers()
        .inNamespace(namespace)
        .list()
        .getItems();
  }

  /** Whoever applies replicas on the server owns them: adding some would only be suggested. */
  private static void put(Resource<HasMetadata> resource) {
    if (resource.item() instanceof Deployment) {
      resource.createOr(NonDeletingOperation::update);
    } else {
      resource.serverSideApply();
    }
  }

  static org.awaitility.core.ConditionFactory within(Duration time) {
    return await().atMost(time).pollInterval(Duration.ofMillis(500));
  }

  void close() {
    client.namespaces().withName(namespace).delete();
  }

  List<Pod> pods(Map<String, String> labels) {
    return client.pods().inNamespace(namespace).withLabels(labels).list().getItems();
  }

  Pod pod(String name) {
    return client.pods().inNamespace(namespace).withName(name).require();
  }

  Deployment deployment() {
    return client.apps().deployments().inNamespace(namespace).withName("checkout").require();
  }

  Map<String, String> environment() {
    return container(deployment()).getEnv().stream()
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  /** Names of the pods that both Services send to. */
  Set<String> servingPods() {
    var both = endpoints("checkout");
    both.retainAll(endpoints("public"));
    return both;
  }

  Set<String> endpoints(String service) {
    return client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(namespace)
        .withLabel("kubernetes.io/service-name", service)
        .list()
        .getItems()
        .stream()
        .flatMap(slice -> Stream.ofNullable(slice.getEndpoints()).flatMap(List::stream))
        .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
        .map(endpoint -> endpoint.getTargetRef().getName())
        .collect(Collectors.toSet());
  }

  boolean managedBy(String manager) {
    return deployment().getMetadata().getManagedFields().stream()
        .anyMatch(entry -> entry.getManager().equals(manager));
  }

  private static Container container(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
  }
}
