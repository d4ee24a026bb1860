package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On real JVMs that leak. */
@ResourceLock(InstanceEvidenceTest.DUMPS)
@Order(0)
class InstanceEvidenceTest {
  /** The places where a JVM of this machine puts its dump. */
  static final String DUMPS = "dumps";

  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir private Path directory;
  private final List<JavaProgram> programs = new ArrayList<>();
  private final Set<Path> before = new HashSet<>();

  @BeforeEach
  void look() throws IOException {
    before.addAll(left());
  }

  /** The JDK of the tests, and the machine's own: 17 or newer. */
  static Stream<String> javas() {
    return Stream.of(JavaProgram.OWN, "java");
  }

  @AfterEach
  void close() throws IOException {
    for (var program : programs) {
      program.close();
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void whoHoldsALeakIsNamedWithoutWhatItHolds(String java) throws Exception {
    var program = start(java);

    var taken = (Evidence.Taken) take(program, "Leaking$Key", 7, isolated());

    var found = taken.told().instances().orElseThrow();
    assertThat(found.instances()).isEqualTo(5000);
    assertThat(found.sampled()).isEqualTo(7);
    assertThat(found.holders())
        .allSatisfy(
            holder ->
                assertThat(holder.root()).isEqualTo("static Leaking.CACHE (ConcurrentHashMap)"));
    assertThat(found.holders().getFirst().chain())
        .startsWith("java.util.concurrent.ConcurrentHashMap.table[]")
        .last()
        .isEqualTo("java.util.concurrent.ConcurrentHashMap$Node.key");
    assertThat(found.holders().stream().mapToInt(InstanceReport.Holder::instances).sum())
        .isEqualTo(7);
    var text = Unzipped.text(taken.stored().path());
    assertThat(text)
        .contains("\"name\" : \"shop\"", "java.lang.String", "\"size\" : 7", "\"type\" : \"int\"")
        .doesNotContain("hunter2", "4711")
        .hasSizeLessThan(16 << 10);
    assertThat(taken.stall()).isPositive();
    assertThat(program.alive()).isTrue();
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aMapThatManyThreadsFilledHasAllOfItsEntries(String java) throws Exception {
    var taken = (Evidence.Taken) take(start(java), "Leaking$Shelf", 1, isolated());

    assertThat(Unzipped.text(taken.stored().path())).contains("\"size\" : 80000");
  }

  @Test
  void aLongListIsOneStepOfTheChain() throws Exception {
    var taken = (Evidence.Taken) take(start(), "Leaking$Job", 5, isolated());

    assertThat(taken.told().instances().orElseThrow().holders())
        .hasSizeLessThanOrEqualTo(3)
        .anySatisfy(
            holder -> {
              assertThat(holder.root()).isEqualTo("static Leaking.QUEUE (LinkedList)");
              assertThat(holder.chain())
                  .contains("java.util.LinkedList$Node links")
                  .endsWith("java.util.LinkedList$Node.item");
            });
    assertThat(Unzipped.text(taken.stored().path()))
        .containsPattern("\"tags\",\\s+\"type\" : \"java.util.HashMap\",\\s+\"size\" : 1");
  }

  @Test
  void whatOnlyALocalVariableHoldsIsToldSo() throws Exception {
    var taken = (Evidence.Taken) take(start(), "Leaking$Local", 5, isolated());

    assertThat(taken.told().instances().orElseThrow().holders())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.root()).isEqualTo("local variable of a thread (ArrayList)");
              assertThat(holder.chain()).containsExactly("java.util.ArrayList.elementData[]");
              assertThat(holder.instances()).isEqualTo(5);
            });
  }

  @Test
  void aClassWithoutInstancesIsAnAnswerToo() throws Exception {
    var taken = (Evidence.Taken) take(start(), "Leaking$Nobody", 5, isolated());

    assertThat(taken.told().instances())
        .contains(new InstanceReport("Leaking$Nobody", 0, 0, List.of()));
  }

  @Test
  void aPodInServiceIsNotStoppedForLong() throws Exception {
    var program = start(JavaProgram.OWN, "-Xmx512m", "-Dballast=120");

    assertThat(take(program, "Leaking$Key", 5, pod().build()))
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused -> assertThat(refused.reason()).contains("only an isolated one for longer"));
    assertThat(take(program, "Leaking$Key", 5, isolated())).isInstanceOf(Evidence.Taken.class);
    assertNothingIsLeft();
  }

  @Test
  void aDumpThatCouldNotBeReadIsNotTaken() throws Exception {
    var program = start(JavaProgram.OWN, "-Xmx512m", "-Dmany=6100000");

    assertThat(take(program, "Leaking$Key", 5, isolated()))
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused -> {
              assertThat(refused.reason())
                  .containsPattern("it has 6[0-9]{6} live objects, .* of 6000000 at most");
              assertThat(refused.stall()).isPositive();
            });
  }

  @Test
  void aJvmThatForbidsItIsLeftAlone() throws Exception {
    var program = start(JavaProgram.OWN, "-XX:+DisableAttachMechanism");

    assertThat(take(program, "Leaking$Key", 5, isolated()))
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused -> assertThat(refused.reason()).contains("switched off"));
  }

  private Evidence take(JavaProgram program, String className, int limit, Pod pod)
      throws IOException, InterruptedException {
    return evidence(directory, _ -> Duration.ofMinutes(1), pod)
        .take(JvmOrder.of(new InstanceQuery(className, limit), program.pid()));
  }

  /**
   * @param deadlines of a dump, asked for right before it
   * @param pod whatever its name
   */
  static InstanceEvidence evidence(Path directory, UnaryOperator<Duration> deadlines, Pod pod) {
    var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
    var attach = new JvmAttach(PROC.root());
    return new InstanceEvidence(
        new HeapDumps(attach, new JvmEvidence(attach, PROC, store), PROC, deadlines),
        store,
        (_, _) -> Optional.of(pod));
  }

  static Pod isolated() {
    return pod().editMetadata().addToLabels(Api.QUARANTINE_LABEL, "leak-1").endMetadata().build();
  }

  static PodBuilder pod() {
    return new PodBuilder()
        .withNewMetadata()
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("web")
        .endContainer()
        .endSpec();
  }

  /** Of this test: other builds may be at it too. */
  private void assertNothingIsLeft() throws IOException {
    assertThat(before).containsAll(left());
  }

  /** In both places where a dump may be put. */
  static Set<Path> left() throws IOException {
    var left = new HashSet<Path>();
    for (var place : List.of("/tmp", "/var/tmp")) {
      try (var files = Files.newDirectoryStream(Path.of(place), ".heapwarden-*")) {
        files.forEach(left::add);
      }
    }
    return left;
  }

  private JavaProgram start() throws IOException {
    return start(JavaProgram.OWN);
  }

  private JavaProgram start(String java, String... options) throws IOException {
    var program = JavaProgram.start(LeakingProgram.SOURCE, java, Map.of(), options);
    programs.add(program);
    return program;
  }
}
