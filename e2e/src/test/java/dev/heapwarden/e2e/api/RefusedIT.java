package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each file of {@code refused/} holds a resource that the API server must refuse, and in comments
 * {@code # refused: FIELD: MESSAGE} everything that it must say. Where a file holds two, the first
 * is accepted and the second changes it.
 */
@Order(1)
@ExtendWith(ApiServer.class)
class RefusedIT {
  private static final String REFUSED = "# refused: ";

  static List<Path> refused() throws IOException {
    return Manifests.in("e2e/src/test/resources/refused");
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatIsWrongIsRefusedWithItsReason(Path file, Tenant tenant) throws IOException {
    var resources = Manifests.resources(file);
    boolean change = resources.size() == 2;
    if (change) {
      tenant.create(resources.getFirst());
    }
    var wrong = resources.getLast();
    var refusal =
        catchThrowableOfType(
            KubernetesClientException.class,
            () -> {
              if (change) {
                tenant.tryToChange(wrong);
              } else {
                tenant.tryToCreate(wrong);
              }
            });
    assertThat(refusal).as("refusal of %s", file.getFileName()).isNotNull();
    assertThat(reasons(refusal.getStatus())).containsExactlyInAnyOrderElementsOf(expected(file));
  }

  private static List<String> expected(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(REFUSED))
        .map(line -> line.substring(REFUSED.length()))
        .toList();
  }

  /** Without the API server's note that after a violated schema it did not look at the rules. */
  private static List<String> reasons(Status status) {
    if (status.getDetails() == null || status.getDetails().getCauses().isEmpty()) {
      return List.of(status.getMessage());
    }
    return status.getDetails().getCauses().stream()
        .filter(cause -> !"<nil>".equals(cause.getField()))
        .map(cause -> cause.getField() + ": " + cause.getMessage())
        .toList();
  }
}
