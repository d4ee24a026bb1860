package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassSignsTest {
  private static final String FINALIZER = "java.lang.ref.Finalizer";
  private static final String TASK =
      "java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask";
  private static final String LOCAL = "java.lang.ThreadLocal$ThreadLocalMap$Entry";
  private static final String LAMBDA = "com.shop.Orders$$Lambda/0x00007f1e44000a00";

  private final ClassReport blob = grown("com.shop.Blob", 41_190, 309);

  @Test
  void objectsThatWaitForTheirFinalizerAreToldWithTheirFigures() {
    assertThat(named(waiting(blob, 41_150), grown(FINALIZER, 41_203, 310)))
        .contains(
            new SnapshotCause(
                Cause.FINALIZERS,
                "com.shop.Blob",
                "41,203 java.lang.ref.Finalizer (+310.0/s) grow beside 41,190 com.shop.Blob"
                    + " (+309.0/s), of which 41150 wait for their finalizer"));
  }

  @Test
  void objectsWithAFinalizerThatAreStillInUseWaitForNothing() {
    assertThat(cause(blob, grown(FINALIZER, 41_203, 310))).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(waiting(blob, 400), grown(FINALIZER, 41_203, 310)))
        .isEqualTo(Cause.CLASS_GROWTH);
  }

  @ParameterizedTest
  @CsvSource({
    "java.nio.DirectByteBuffer$Deallocator, DIRECT_BUFFERS",
    "java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask, TIMER",
    "java.lang.ThreadLocal$ThreadLocalMap$Entry, THREAD_LOCALS",
    "java.util.HashMap$TreeNode, BAD_KEYS",
    "java.util.concurrent.ConcurrentHashMap$TreeNode, BAD_KEYS"
  })
  void aClassOfTheJdkTellsWhyAnotherIsKeptWhereBothGrowAlike(String sign, Cause cause) {
    var found = named(blob, grown(sign, 41_000, 200)).orElseThrow();
    assertThat(found.cause()).isEqualTo(cause);
    assertThat(found.site()).isEqualTo("com.shop.Blob");
    assertThat(found.evidence())
        .contains("41,000 " + sign + " (+200.0/s) beside 41,190 com.shop.Blob (+309.0/s)");

    assertThat(cause(blob, grown(sign, 41_000, 0))).as("present").isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(blob, grown(sign, 2_000, 9))).as("slower").isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(blob, grown(sign, 99, 309))).as("few").isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(grown("com.shop.Blob", 500, 2), grown(sign, 900, 50)))
        .as("small, beside large ones")
        .isEqualTo(Cause.CLASS_GROWTH);
  }

  @Test
  void fewCompressorsThatAreNotClosedHoldMuchNativeMemory() {
    var deflater = "java.util.zip.Deflater$DeflaterZStreamRef";
    var archive = grown("com.shop.Archive", 30, 1);
    var found = named(archive, grown(deflater, 30, 1)).orElseThrow();
    assertThat(found.cause()).isEqualTo(Cause.NATIVE_GROWTH);
    assertThat(found.site()).isEqualTo("com.shop.Archive");
    assertThat(found.evidence()).startsWith("compressors hold native memory until they are closed");

    assertThat(cause(archive, grown("java.util.zip.Inflater$InflaterZStreamRef", 30, 1)))
        .isEqualTo(Cause.NATIVE_GROWTH);
    assertThat(cause(archive, grown(deflater, 19, 1))).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(archive, grown(deflater, 30, 0))).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(blob, grown(deflater, 30, 0.01))).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(blob, grown(deflater, 30, 1)))
        .as("few beside many small ones")
        .isEqualTo(Cause.NATIVE_GROWTH);
  }

  @Test
  void whereNoClassOfTheProgramGrowsTheSignIsToBeLookedUp() {
    var found = named(grown("java.nio.DirectByteBuffer$Deallocator", 5_000, 50)).orElseThrow();
    assertThat(found.site()).isEqualTo("java.nio.DirectByteBuffer");
  }

  @Test
  void threadLocalsOfEverMoreThreadsAreALeakOfThreads() {
    var maps = grown("java.lang.ThreadLocal$ThreadLocalMap", 20_000, 100);
    assertThat(cause(blob, grown(LOCAL, 41_000, 300), maps)).isEqualTo(Cause.CLASS_GROWTH);
  }

  @Test
  void closuresAreToldOnlyWhereNoOtherClassOfTheProgramGrows() {
    var lambda = grown(LAMBDA, 9_000, 90);
    assertThat(cause(lambda, platform("[B", 9_100, 91))).isEqualTo(Cause.CLOSURE);
    assertThat(cause(platform("[B", 9_100, 91), lambda)).isEqualTo(Cause.CLOSURE);
    assertThat(cause(lambda, grown("com.shop.Rare", 300, 2))).isEqualTo(Cause.CLOSURE);
    assertThat(cause(lambda, blob)).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(cause(lambda, grown("com.shop.Order", 9_000, 90))).isEqualTo(Cause.CLASS_GROWTH);
  }

  @Test
  void aTimerSaysMoreThanTheClosureThatItRuns() {
    assertThat(cause(grown(TASK, 9_000, 90), grown(LAMBDA, 9_000, 90))).isEqualTo(Cause.TIMER);
  }

  private static Cause cause(ClassReport... classes) {
    return named(classes).orElseThrow().cause();
  }

  private static Optional<SnapshotCause> named(ClassReport... classes) {
    return SnapshotCause.of(
        Fixtures.finding().ofCause("OldGeneration", "Application"), status(List.of(classes)));
  }

  /** With the site that an agent names. */
  private static MemorySnapshotStatus status(List<ClassReport> classes) {
    var site =
        classes.stream()
            .filter(found -> !found.platform())
            .map(ClassReport::className)
            .findFirst()
            .orElse(null);
    return new MemorySnapshotStatus(
        MemorySnapshotStatus.Phase.COMPLETED,
        site,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(),
        classes,
        null,
        null);
  }

  private static ClassReport grown(String name, long instances, double perSecond) {
    return report(name, instances, perSecond, null, name.startsWith("java."));
  }

  private static ClassReport platform(String name, long instances, double perSecond) {
    return report(name, instances, perSecond, null, true);
  }

  private static ClassReport waiting(ClassReport found, long waiting) {
    return report(found.className(), found.instances(), found.instancesPerSecond(), waiting, false);
  }

  private static ClassReport report(
      String name, long instances, double perSecond, @Nullable Long waiting, boolean platform) {
    return new ClassReport(
        name, instances, 40 * instances, 40 * perSecond, perSecond, waiting, platform);
  }

  @Test
  void anOlderAgentTellsNoInstancesPerSecondAndSoNoSign() {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            site: com.shop.Blob
            classes:
            - {className: com.shop.Blob, instances: 9000, bytes: 9000, bytesPerSecond: 900, platform: false}
            - {className: %s, instances: 9000, bytes: 9000, bytesPerSecond: 900, platform: true}
            """
                .formatted(TASK),
            MemorySnapshotStatus.class);
    assertThat(
            SnapshotCause.of(Fixtures.finding().ofCause("Unknown", "Application"), status)
                .orElseThrow()
                .cause())
        .isEqualTo(Cause.CLASS_GROWTH);
  }
}
