package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users write, and what the API server makes of it. */
@Order(1)
@ExtendWith(ApiServer.class)
class AcceptedIT {
  static List<Path> written() throws IOException {
    return Manifests.in("e2e/src/test/resources/accepted").stream()
        .filter(file -> file.getFileName().toString().startsWith("in-"))
        .toList();
  }

  /** {@code in-NAME.yaml} is written, {@code out-NAME.yaml} holds the spec that is stored. */
  @ParameterizedTest
  @MethodSource("written")
  void whatIsNotSaidHasItsDefault(Path in, Tenant tenant) throws IOException {
    var out = in.resolveSibling(in.getFileName().toString().replaceFirst("^in-", "out-"));
    var stored = tenant.tryToCreate(Manifests.resources(in).getFirst());
    assertThat(stored.<Object>get("spec"))
        .isEqualTo(Serialization.unmarshal(Files.readString(out), Object.class));
  }

  static List<Path> samples() throws IOException {
    return Manifests.in("manifests/samples");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everySampleIsAccepted(Path sample, Tenant tenant) throws IOException {
    assertThat(Manifests.resources(sample)).isNotEmpty().allSatisfy(tenant::tryToCreate);
  }
}
