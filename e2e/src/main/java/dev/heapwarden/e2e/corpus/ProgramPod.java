package dev.heapwarden.e2e.corpus;

import dev.heapwarden.detection.sample.RuntimeKind;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The pod that runs a program of the corpus, from the node's directory {@value #PROGRAMS}. */
final class ProgramPod {
  /** Where {@code e2e/corpus/record} puts the built programs. */
  static final String PROGRAMS = "/opt/corpus";

  static final Map<String, String> LABELS = Map.of("app", "corpus");

  private ProgramPod() {}

  static Pod of(Program program, Map<String, String> limits) {
    var limit = limits.get(program.runtime().name().toLowerCase(Locale.ROOT));
    return new PodBuilder()
        .withNewMetadata()
        .withName(program.name())
        .withLabels(LABELS)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy(program.restarts() ? "Always" : "Never")
        .withTerminationGracePeriodSeconds(0L)
        .withEnableServiceLinks(false)
        .addNewContainer()
        .withName("program")
        .withImage(image(program.runtime()))
        .withImagePullPolicy("Never")
        .withCommand(command(program))
        .withEnv(
            program.env().entrySet().stream()
                .map(entry -> new EnvVar(entry.getKey(), entry.getValue(), null))
                .toList())
        .addNewVolumeMount()
        .withName("programs")
        .withMountPath("/programs")
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("scratch")
        .withMountPath("/scratch")
        .endVolumeMount()
        .withNewResources()
        .addToRequests(Map.of("cpu", new Quantity("20m"), "memory", new Quantity("1Mi")))
        .addToLimits("memory", new Quantity(limit))
        .endResources()
        .endContainer()
        .addNewVolume()
        .withName("programs")
        .withNewHostPath(PROGRAMS, "Directory")
        .endVolume()
        .addNewVolume()
        .withName("data")
        .withEmptyDir(new EmptyDirVolumeSource())
        .endVolume()
        .addNewVolume()
        .withName("scratch")
        .withEmptyDir(new EmptyDirVolumeSource("Memory", null))
        .endVolume()
        .endSpec()
        .build();
  }

  /** Of the demo's programs: a Java runtime on Debian, or nothing but a static program. */
  private static String image(RuntimeKind runtime) {
    return runtime == RuntimeKind.JVM
        ? "localhost/heapwarden-orders:dev"
        : "localhost/heapwarden-load:dev";
  }

  private static List<String> command(Program program) {
    var rate = Double.toString(program.rate());
    if (program.runtime() != RuntimeKind.JVM) {
      return List.of("/programs/" + binary(program), program.code(), program.shape(), rate);
    }
    var command = new ArrayList<>(List.of("java"));
    program.jvmOptions().ifPresent(options -> command.addAll(List.of(options.split(" "))));
    command.addAll(List.of("-cp", "/programs/java", "Corpus"));
    command.addAll(List.of(program.code(), program.shape(), rate));
    return command;
  }

  private static String binary(Program program) {
    if (program.runtime() == RuntimeKind.NATIVE) {
      return "native";
    }
    return "CgoMemory".equals(program.leak()) ? "cgo" : "go";
  }
}
