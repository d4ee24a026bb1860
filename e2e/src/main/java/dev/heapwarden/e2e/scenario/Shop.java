package dev.heapwarden.e2e.scenario;

import dev.heapwarden.crds.incident.LeakIncident;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A namespace with a leaking service, its healthy twin and the same load on both. */
public record Shop(KubernetesClient client, String namespace, Twins twins) {
  public static final String LEAKING = Twins.GO.leaking();
  public static final String HEALTHY = Twins.GO.healthy();
  public static final String SITE = Twins.GO.site();

  /** With the Go services. */
  public Shop(KubernetesClient client, String namespace) {
    this(client, namespace, Twins.GO);
  }

  /** Creates the namespace and waits until all programs are ready. */
  public void open(Duration deadline) {
    start(twins.programs(), List.of(twins.leaking(), twins.healthy(), twins.load()), deadline);
  }

  /**
   * One pod of the same program without its symbol table and with a sidecar in Java, with a policy
   * of its own; both called {@code stripped}.
   */
  public void openStripped(Duration deadline) {
    start("stripped.yaml", List.of("stripped"), deadline);
  }

  /** A JVM in each of several pods, with a policy for all of them; both called {@code jvms}. */
  public void openJvms() {
    start("jvms.yaml", List.of(), Duration.ZERO);
  }

  private void start(String resource, List<String> deployments, Duration deadline) {
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .serverSideApply();
    apply(resource(resource));
    for (var name : deployments) {
      client
          .apps()
          .deployments()
          .inNamespace(namespace)
          .withName(name)
          .waitUntilReady(deadline.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /**
   * One MemoryPolicy for each of the two.
   *
   * @param mode of both, as the API spells it, such as Enforce
   */
  public void govern(String mode) {
    apply(resource(twins.policies()).replace("mode: Enforce", "mode: " + mode));
  }

  public void close() {
    client.namespaces().withName(namespace).delete();
  }

  public List<LeakIncident> incidents(String workload) {
    return client.resources(LeakIncident.class).inNamespace(namespace).list().getItems().stream()
        .filter(incident -> incident.getSpec().target().name().equals(workload))
        .toList();
  }

  public Optional<LeakIncident> incident() {
    return incidents(twins.leaking()).stream().findFirst();
  }

  public List<Pod> pods(String app) {
    return client.pods().inNamespace(namespace).withLabel("app", app).list().getItems();
  }

  public Set<String> podUids(String app) {
    return pods(app).stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
  }

  /** Addresses of the pods behind the leaking program's Service. */
  public Set<String> served() {
    return client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(namespace)
        .withLabel("kubernetes.io/service-name", twins.leaking())
        .list()
        .getItems()
        .stream()
        .flatMap(slice -> slice.getEndpoints().stream())
        .flatMap(endpoint -> endpoint.getAddresses().stream())
        .collect(Collectors.toSet());
  }

  /** Applies resources to the namespace, whatever namespace they name. */
  public void apply(String yaml) {
    try (var stream = new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))) {
      for (HasMetadata item : client.load(stream).items()) {
        item.getMetadata().setNamespace(namespace);
        var resource = client.resource(item);
        if (item instanceof Deployment) {
          // Whoever applies replicas on the server owns them: adding some would only be suggested.
          resource.createOr(NonDeletingOperation::update);
        } else {
          resource.fieldManager("kubectl").serverSideApply();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) {
    try (var stream = Shop.class.getResourceAsStream("/scenario/" + name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
