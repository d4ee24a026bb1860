package dev.heapwarden.e2e.product;

import static org.awaitility.Awaitility.await;

import dev.heapwarden.e2e.scenario.Installation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.time.Duration;

/** The operator that leads, stopped for so long that another one leads, and then continued. */
record PausedLeader(KubernetesClient client) {
  /** A lease is another's after 15 s; a probe of liveness ends a container after about 35. */
  private static final Duration ANOTHER_LEADS = Duration.ofSeconds(40);

  /**
   * Returns while both believe that they lead.
   *
   * @return whether another one led when the former went on
   */
  boolean untilAnotherLeads() throws IOException {
    var former =
        await("a leader that is there").atMost(ANOTHER_LEADS).until(this::holder, this::isThere);
    var process = AgentProcesses.operator(uid(former));
    signal(process, "STOP");
    try {
      await("another leader").atMost(ANOTHER_LEADS).until(() -> !holder().equals(former));
      return process.isAlive();
    } finally {
      signal(process, "CONT");
    }
  }

  private String holder() {
    return client
        .leases()
        .inNamespace(Installation.NAMESPACE)
        .withName(Installation.OPERATOR)
        .require()
        .getSpec()
        .getHolderIdentity();
  }

  /** Of an operator that was killed the lease remains for a while. */
  private boolean isThere(String pod) {
    return pods().withName(pod).get() != null;
  }

  private String uid(String pod) {
    return pods().withName(pod).require().getMetadata().getUid();
  }

  private NonNamespaceOperation<Pod, PodList, PodResource> pods() {
    return client.pods().inNamespace(Installation.NAMESPACE);
  }

  private static void signal(ProcessHandle process, String name) throws IOException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().onExit().join();
  }
}
