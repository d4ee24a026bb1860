package dev.heapwarden.e2e.corpus;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.heapwarden.crds.policy.Diagnose;
import dev.heapwarden.crds.policy.Observe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What {@code e2e/corpus/programs.yaml} says.
 *
 * @param scale how much faster than in a service everything goes: the observed windows are as much
 *     shorter than the default ones
 * @param seconds that a program is recorded for
 * @param slowSeconds that one of the shape {@code slow} is recorded for
 * @param observe of the policy that the programs are recorded under, and judged by
 * @param diagnose of that policy: the snapshot that is taken where it confirms a leak
 * @param limits memory of a container, by runtime
 */
public record Corpus(
    int scale,
    int seconds,
    int slowSeconds,
    Observe observe,
    Diagnose diagnose,
    Map<String, String> limits,
    Map<String, LeakClass> classes,
    List<Program> leaking,
    List<Program> clean) {
  public Corpus {
    limits = Map.copyOf(limits);
    classes = Map.copyOf(classes);
    leaking = List.copyOf(leaking);
    clean = List.copyOf(clean);
  }

  /**
   * Reads it.
   *
   * @param directory {@code e2e/corpus}
   */
  public static Corpus in(Path directory) {
    try {
      return JsonMapper.builder(new YAMLFactory())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build()
          .readValue(directory.resolve("programs.yaml").toFile(), Corpus.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Stream<Program> programs() {
    return Stream.concat(leaking.stream(), clean.stream());
  }

  /** How long a program is recorded. */
  public Duration recorded(Program program) {
    return Duration.ofSeconds(program.slow() ? slowSeconds : seconds);
  }

  /** Of a program that leaks. */
  public LeakClass classOf(Program program) {
    return Objects.requireNonNull(
        classes.get(Objects.requireNonNull(program.leak(), program.name())), program.name());
  }

  /** From the leak's start until the program fails, as it was run. */
  public double lifeSeconds(Program program) {
    return classOf(program).roomBytes() / program.bytesPerSecond();
  }
}
