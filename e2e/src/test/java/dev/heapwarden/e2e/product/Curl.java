package dev.heapwarden.e2e.product;

import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.e2e.scenario.Installation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Asks an agent as a person would, who knows the authority and the name but not the address.
 *
 * @param directory for what curl reads and writes
 */
record Curl(KubernetesClient client, Path directory) {
  record Answer(int status, String body) {}

  Answer ask(String path, String token) throws IOException, InterruptedException {
    var authorities =
        Files.writeString(
            directory.resolve("ca.crt"),
            client
                .configMaps()
                .inNamespace(Installation.NAMESPACE)
                .withName(AgentAccess.AUTHORITIES_MAP)
                .require()
                .getData()
                .get(AgentAccess.AUTHORITIES));
    var header = Files.writeString(directory.resolve("header"), "Authorization: Bearer " + token);
    var body = directory.resolve("body");
    try (var way = way()) {
      var code =
          run(
              Map.of(),
              "curl",
              "-sS",
              "--cacert",
              authorities.toString(),
              "--connect-to",
              AgentAccess.SERVER_NAME + ":9462:127.0.0.1:" + way.getLocalPort(),
              "--header",
              "@" + header,
              "--output",
              body.toString(),
              "--write-out",
              "%{http_code}",
              "https://" + AgentAccess.SERVER_NAME + ":9462" + path);
      return new Answer(
          Integer.parseInt(code), new String(Files.readAllBytes(body), StandardCharsets.UTF_8));
    }
  }

  private LocalPortForward way() {
    var agent =
        client
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .withLabel("app.kubernetes.io/component", "agent")
            .list()
            .getItems()
            .getFirst();
    return client
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withName(agent.getMetadata().getName())
        .portForward(AgentAccess.PORT);
  }

  /** What a program prints, standard error included, however it exits. */
  static String run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
