package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.heap.HeapDumpReader;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.GZIPInputStream;
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
class HeapDumpEvidenceTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir private Path directory;
  private final Set<Path> before = new HashSet<>();

  @BeforeEach
  void look() throws IOException {
    before.addAll(InstanceEvidenceTest.left());
  }

  /** Whatever became of it, nothing is left where the program writes. */
  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(before).containsAll(InstanceEvidenceTest.left());
  }

  @ParameterizedTest
  @MethodSource("dev.heapwarden.probes.snapshot.InstanceEvidenceTest#javas")
  void theDumpOfAnIsolatedJvmIsWhole(String java) throws Exception {
    try (var program = JavaProgram.start(LeakingProgram.SOURCE, java, Map.of())) {
      var taken = (Evidence.Taken) take(program, InstanceEvidenceTest.isolated());

      var stored = taken.stored();
      var dump = unpacked(stored.path());
      assertThat(HeapDumpReader.search(dump, "Leaking$Key", 5).instances()).isEqualTo(5000);
      assertThat(stored.size()).isEqualTo(Files.size(stored.path())).isLessThan(Files.size(dump));
      assertThat(stored.sha256()).isEqualTo(sha256(stored.path()));
      assertThat(taken.stall()).isPositive();
      assertThat(program.alive()).isTrue();
    }
  }

  @Test
  void aPodInServiceKeepsItsHeapToItself() throws Exception {
    try (var program = JavaProgram.start()) {
      var collections = collections(program);

      assertThat(take(program, InstanceEvidenceTest.pod().build()))
          .isInstanceOfSatisfying(
              Evidence.Refused.class,
              refused ->
                  assertThat(refused.reason())
                      .startsWith("a heap dump is taken only of an isolated pod"));
      // A heap dump begins with one.
      assertThat(collections(program)).isEqualTo(collections);
    }
  }

  @Test
  void whereThePolicyAllowsItAPodInServiceIsDumpedUnlessItIsTheLast() throws Exception {
    try (var program = JavaProgram.start()) {
      var order = JvmOrder.allowingDumps(JvmOrder.of(program.pid()));
      var collections = collections(program);

      assertThat(evidence(new Served(false)).take(order))
          .isInstanceOfSatisfying(
              Evidence.Refused.class,
              refused -> assertThat(refused.reason()).contains("would stop the last one"));
      assertThat(collections(program)).isEqualTo(collections);
      assertThat(evidence(new Served(true)).take(order)).isInstanceOf(Evidence.Taken.class);
    }
  }

  private record Served(boolean byOthers) implements PodView {
    @Override
    public Optional<Pod> find(String namespace, String name) {
      return Optional.of(InstanceEvidenceTest.pod().build());
    }

    @Override
    public boolean isServedWithout(Pod pod) {
      return byOthers;
    }
  }

  @Test
  void aPodWhoseLivenessProbeWouldKillItIsLeftAlone() throws Exception {
    try (var program =
        JavaProgram.start(
            LeakingProgram.SOURCE, JavaProgram.OWN, Map.of(), "-Xmx512m", "-Dballast=120")) {
      var collections = collections(program);

      assertThat(take(program, impatient()))
          .isInstanceOfSatisfying(
              Evidence.Refused.class,
              refused ->
                  assertThat(refused.reason()).contains("its liveness probe kills it after 1.0 s"));
      assertThat(collections(program)).isEqualTo(collections);
    }
  }

  @Test
  void whatTheNodeHasNoRoomForIsNotDumped() throws Exception {
    try (var program = JavaProgram.start()) {
      var collections = collections(program);

      assertThatThrownBy(
              () ->
                  evidence(InstanceEvidenceTest.isolated(), 1000, Duration.ofMinutes(1))
                      .take(JvmOrder.of(program.pid())))
          .isInstanceOf(ArtifactStore.NoRoom.class)
          .hasMessageContaining("quota of 1000 bytes");
      assertThat(collections(program)).isEqualTo(collections);
    }
  }

  @Test
  void ofACopyThatDoesNotEndNothingIsStored() throws Exception {
    try (var program = JavaProgram.start()) {
      var evidence = evidence(InstanceEvidenceTest.isolated(), 1 << 30, Duration.ZERO);

      assertThatThrownBy(() -> evidence.take(JvmOrder.of(program.pid())))
          .isInstanceOf(StalledException.class)
          .hasMessageContaining("was not copied within 0 s");
      try (var files = Files.walk(directory.resolve("store"))) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  /** As where its disk is full. */
  @Test
  void aDumpThatTheJvmCouldNotWriteToItsEndIsNoDump() throws Exception {
    try (var program = JavaProgram.start()) {
      limitFiles(program, 100_000);

      assertThatThrownBy(() -> take(program, InstanceEvidenceTest.isolated()))
          .isInstanceOf(StalledException.class)
          .hasMessageContaining("the JVM wrote no whole dump");
      assertThat(program.alive()).isTrue();
    }
  }

  private static void limitFiles(JavaProgram program, long bytes) throws Exception {
    assertThat(
            new ProcessBuilder("prlimit", "--pid", Long.toString(program.pid()), "--fsize=" + bytes)
                .start()
                .waitFor())
        .isZero();
  }

  private Evidence take(JavaProgram program, Pod pod) throws IOException, InterruptedException {
    return evidence(pod, 1 << 30, Duration.ofMinutes(1)).take(JvmOrder.of(program.pid()));
  }

  private HeapDumpEvidence evidence(PodView pods) {
    return evidence(pods, 1 << 30, Duration.ofMinutes(1));
  }

  private HeapDumpEvidence evidence(Pod pod, long quota, Duration copying) {
    return evidence((_, _) -> Optional.of(pod), quota, copying);
  }

  private HeapDumpEvidence evidence(PodView pods, long quota, Duration copying) {
    var store = new ArtifactStore(directory.resolve("store"), quota);
    var attach = new JvmAttach(PROC.root());
    return new HeapDumpEvidence(
        new HeapDumps(attach, new JvmEvidence(attach, PROC, store), PROC), store, pods, copying);
  }

  private static Pod impatient() {
    return InstanceEvidenceTest.pod()
        .withMetadata(InstanceEvidenceTest.isolated().getMetadata())
        .editSpec()
        .editFirstContainer()
        .withNewLivenessProbe()
        .withFailureThreshold(1)
        .endLivenessProbe()
        .endContainer()
        .endSpec()
        .build();
  }

  private static OptionalLong collections(JavaProgram program) throws IOException {
    return Counters.of(program.pid(), PROC.root()).orElseThrow().read().oldCollections();
  }

  private Path unpacked(Path compressed) throws IOException {
    var dump = directory.resolve("heap.hprof");
    try (var input = new GZIPInputStream(Files.newInputStream(compressed))) {
      Files.copy(input, dump);
    }
    return dump;
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
