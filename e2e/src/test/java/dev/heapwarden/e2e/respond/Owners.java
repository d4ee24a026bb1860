package dev.heapwarden.e2e.respond;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A namespace with a pod of every kind of owner; the label app is its name. */
record Owners(KubernetesClient client) implements AutoCloseable {
  static final String NAMESPACE = "workload-kinds";

  private static final String SPEC =
      "terminationGracePeriodSeconds: 0, containers: [{name: app, imagePullPolicy: Never,"
          + " image: localhost/heapwarden-sessions:dev, resources: {limits: {memory: 64Mi}}}]";

  static Owners create(KubernetesClient client) {
    var owners = new Owners(client);
    owners.create();
    return owners;
  }

  private void create() {
    apply("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(NAMESPACE));
    Shop.within(Duration.ofSeconds(30))
        .until(
            () ->
                client.serviceAccounts().inNamespace(NAMESPACE).withName("default").get() != null);
    apply(workload("apps/v1", "StatefulSet", "ledger"));
    apply(workload("apps/v1", "DaemonSet", "collector"));
    apply(workload("apps/v1", "ReplicaSet", "bare"));
    apply(workload("apps/v1", "Deployment", "checkout"));
    apply(job("import", ""));
    apply(
        "{apiVersion: batch/v1, kind: CronJob, metadata: {name: report, namespace: workload-kinds},"
            + " spec: {suspend: true, schedule: '0 3 * * *', jobTemplate: {spec: {template: {%s}}}}}"
                .formatted(template("report", ", restartPolicy: Never")));
    var cronJob =
        client.batch().v1().cronjobs().inNamespace(NAMESPACE).withName("report").require();
    apply(job("report-1", owner("batch/v1", "CronJob", "report", cronJob.getMetadata().getUid())));
    apply(pod("debug", "", ""));
    apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: m1, namespace: workload-kinds}}");
    var machine = client.configMaps().inNamespace(NAMESPACE).withName("m1").require();
    apply(pod("of-m1", owner("v1", "ConfigMap", "m1", machine.getMetadata().getUid()), ""));
    var node = client.nodes().list().getItems().getFirst().getMetadata();
    // Of a node that has no kubelet, which would delete what it has no file of.
    apply(
        pod(
            "static",
            ", annotations: {kubernetes.io/config.mirror: hash}"
                + owner("v1", "Node", node.getName(), node.getUid()),
            ", nodeName: nowhere"));
  }

  @Override
  public void close() {
    client.namespaces().withName(NAMESPACE).delete();
  }

  Pod podOf(String app) {
    var pods = client.pods().inNamespace(NAMESPACE).withLabel("app", app);
    Shop.within(Duration.ofSeconds(30)).until(() -> !pods.list().getItems().isEmpty());
    return pods.list().getItems().getFirst();
  }

  private void apply(String yaml) {
    // What begins with a brace would be read as JSON.
    var document = ("---\n" + yaml).getBytes(StandardCharsets.UTF_8);
    client.load(new ByteArrayInputStream(document)).serverSideApply();
  }

  private static String workload(String apiVersion, String kind, String name) {
    return "{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: %s}, spec: {selector: {matchLabels: {app: %s}}, template: {%s}}}"
        .formatted(apiVersion, kind, name, NAMESPACE, name, template(name, ""));
  }

  private static String job(String name, String metadata) {
    return "{apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: %s%s}, spec: {template: {%s}}}"
        .formatted(name, NAMESPACE, metadata, template(name, ", restartPolicy: Never"));
  }

  private static String pod(String name, String metadata, String spec) {
    return "{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {app: %s}%s}, spec: {%s%s}}"
        .formatted(name, NAMESPACE, name, metadata, SPEC, spec);
  }

  private static String template(String name, String spec) {
    return "metadata: {labels: {app: %s}}, spec: {%s%s}".formatted(name, SPEC, spec);
  }

  private static String owner(String apiVersion, String kind, String name, String uid) {
    return ", ownerReferences: [{controller: true, apiVersion: %s, kind: %s, name: %s, uid: %s}]"
        .formatted(apiVersion, kind, name, uid);
  }
}
