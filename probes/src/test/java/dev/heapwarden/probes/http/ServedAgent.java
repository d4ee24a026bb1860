package dev.heapwarden.probes.http;

import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.probes.access.AccessReviews;
import dev.heapwarden.probes.access.Callers;
import dev.heapwarden.probes.access.ServingIdentity;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** Serves as an agent does, with certificate and key of a directory, and says on which port. */
final class ServedAgent {
  private ServedAgent() {}

  public static void main(String[] arguments) throws Exception {
    var directory = Path.of(arguments[0]);
    var identity = new ServingIdentity();
    identity.take(
        Map.of(
            AgentAccess.CERTIFICATE,
            Files.readAllBytes(directory.resolve(AgentAccess.CERTIFICATE)),
            AgentAccess.KEY,
            Files.readAllBytes(directory.resolve(AgentAccess.KEY))));
    var answers =
        new Answers(
            new SampleBuffer(10, 2, new Random(1)), List::of, Optional::empty, Optional::empty);
    try (var client = new KubernetesClientBuilder().withConfig(Config.empty()).build();
        var server =
            new AgentServer(
                0,
                "heapwarden",
                identity,
                new Callers(new AccessReviews(client), System::nanoTime),
                answers,
                new ArtifactStore(directory, 1))) {
      System.out.println(server.port());
      new CountDownLatch(1).await();
    }
  }
}
