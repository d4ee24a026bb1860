package dev.heapwarden.operator.collect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who the operator is, to agents: a service-account token for their audience, in a file that the
 * kubelet renews. It is read for each question.
 */
public record AgentToken(Path file) {
  /** Value of the Authorization header. */
  String header() throws IOException {
    try {
      return "Bearer " + Files.readString(file).strip();
    } catch (IOException unreadable) {
      throw new IOException("the operator's token for agents cannot be read: " + file, unreadable);
    }
  }
}
