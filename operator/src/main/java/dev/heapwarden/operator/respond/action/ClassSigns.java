package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.TellingClass;
import dev.heapwarden.detection.verdict.Cause;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why instances of a JVM are kept, where that is told by classes of the JDK that grow along with
 * them. A sign must grow alike with the class that gains the most bytes: a few timers beside a
 * large leak are not its reason, nor is one thread beside thousands of sessions.
 */
final class ClassSigns {
  /** How many times as fast one of two classes may grow that grow alike. */
  private static final double ALIKE = 3;

  /** Fewer may be chance. */
  private static final long FEWEST = 100;

  /** Each has tens to hundreds of KiB. */
  private static final long FEWEST_COMPRESSORS = 20;

  /** With a window of 32 KiB, as java.util.zip has it (zlib 1.3, zconf.h, memory requirements). */
  private static final double DEFLATER_BYTES = 256 << 10;

  /** The same. */
  private static final double INFLATER_BYTES = 39 << 10;

  /**
   * Class of a lambda expression, which is made for each place in the source (JDK 17 and 25,
   * java/lang/invoke/InnerClassLambdaMetafactory.java). One that captures nothing has one instance.
   */
  private static final String LAMBDA = "$$Lambda";

  private final List<ClassReport> classes;
  private final @Nullable String site;

  private ClassSigns(MemorySnapshotStatus status) {
    classes = status.classes();
    site = status.site();
  }

  /**
   * The first that holds. What is certain comes first; then what is held outside the heap; then who
   * holds it, timers before the closures that they run.
   */
  static Optional<SnapshotCause> in(MemorySnapshotStatus status) {
    var signs = new ClassSigns(status);
    return Stream.<Supplier<Optional<SnapshotCause>>>of(
            signs::finalizers,
            signs::directBuffers,
            signs::compressors,
            signs::timers,
            signs::threadLocals,
            signs::badKeys,
            signs::closures)
        .flatMap(sign -> sign.get().stream())
        .findFirst();
  }

  /** Each object with a finalizer has a Finalizer: those count that nothing else refers to. */
  private Optional<SnapshotCause> finalizers() {
    return sign(TellingClass.FINALIZER)
        .flatMap(
            finalizers ->
                classes.stream()
                    .filter(found -> awaiting(found) * ALIKE >= finalizers.instances())
                    .max(Comparator.comparingLong(ClassSigns::awaiting))
                    .map(
                        waiting ->
                            new SnapshotCause(
                                Cause.FINALIZERS,
                                waiting.className(),
                                "%s grow beside %s, of which %d wait for their finalizer"
                                    .formatted(
                                        told(finalizers), told(waiting), awaiting(waiting)))));
  }

  private static long awaiting(ClassReport found) {
    Long waiting = found.awaitingFinalizer();
    return waiting == null ? 0 : waiting;
  }

  /** By what frees them: slices and mapped files are of the same class, and have none. */
  private Optional<SnapshotCause> directBuffers() {
    return sign(TellingClass.DEALLOCATOR)
        .map(
            kept ->
                named(
                    Cause.DIRECT_BUFFERS,
                    TellingClass.DIRECT_BUFFER,
                    "direct buffers are kept: " + told(kept) + beside(kept)));
  }

  private Optional<SnapshotCause> compressors() {
    return Stream.of(
            compressor(TellingClass.DEFLATER, DEFLATER_BYTES),
            compressor(TellingClass.INFLATER, INFLATER_BYTES))
        .flatMap(Optional::stream)
        .findFirst()
        .map(
            kept ->
                new SnapshotCause(
                    Cause.NATIVE_GROWTH,
                    site == null ? kept.className() : site,
                    "compressors hold native memory until they are closed: "
                        + told(kept)
                        + beside(kept)));
  }

  /** By their number beside the class that gains the most bytes, or by what they hold beside it. */
  private Optional<ClassReport> compressor(TellingClass stream, double nativeBytes) {
    return find(stream)
        .filter(kept -> kept.instances() >= FEWEST_COMPRESSORS)
        .filter(
            kept ->
                growsAlike(kept)
                    || kept.instancesPerSecond() * nativeBytes * ALIKE
                        >= classes.getFirst().bytesPerSecond());
  }

  private Optional<SnapshotCause> timers() {
    return sign(TellingClass.SCHEDULED_TASK)
        .map(
            kept ->
                named(
                    Cause.TIMER,
                    TellingClass.SCHEDULED_TASK,
                    "tasks of a timer are kept: " + told(kept) + beside(kept)));
  }

  /** Not where ever more threads have some each. */
  private Optional<SnapshotCause> threadLocals() {
    return sign(TellingClass.THREAD_LOCAL)
        .filter(_ -> find(TellingClass.THREAD_LOCAL_MAP).isEmpty())
        .map(
            kept ->
                named(
                    Cause.THREAD_LOCALS,
                    TellingClass.THREAD_LOCAL,
                    "threads keep ever more ThreadLocals: " + told(kept) + beside(kept)));
  }

  private Optional<SnapshotCause> badKeys() {
    return Stream.of(TellingClass.TREE_NODE, TellingClass.CONCURRENT_TREE_NODE)
        .flatMap(
            tree ->
                sign(tree)
                    .map(
                        kept ->
                            named(
                                Cause.BAD_KEYS,
                                tree,
                                "keys collide, so that a map keeps them as trees: "
                                    + told(kept)
                                    + beside(kept)))
                    .stream())
        .findFirst();
  }

  /** Only where no other class of the program grows: else that may hold them, or they it. */
  private Optional<SnapshotCause> closures() {
    return classes.stream()
        .filter(found -> !found.platform() && found.className().contains(LAMBDA))
        .filter(this::isSign)
        .filter(lambda -> classes.stream().noneMatch(growsAsWell(lambda)))
        .findFirst()
        .map(
            lambda ->
                new SnapshotCause(
                    Cause.CLOSURE,
                    lambda.className(),
                    "closures are kept: " + told(lambda) + beside(lambda)));
  }

  private static Predicate<ClassReport> growsAsWell(ClassReport lambda) {
    return other ->
        !other.platform()
            && !other.className().contains(LAMBDA)
            && other.instancesPerSecond() * ALIKE >= lambda.instancesPerSecond();
  }

  private SnapshotCause named(Cause cause, TellingClass subject, String evidence) {
    return new SnapshotCause(cause, site == null ? subject.className() : site, evidence);
  }

  private Optional<ClassReport> sign(TellingClass of) {
    return find(of).filter(this::isSign);
  }

  private Optional<ClassReport> find(TellingClass of) {
    return classes.stream().filter(found -> found.className().equals(of.className())).findFirst();
  }

  private boolean isSign(ClassReport found) {
    return found.instances() >= FEWEST && growsAlike(found);
  }

  private boolean growsAlike(ClassReport found) {
    double most = classes.getFirst().instancesPerSecond();
    double own = found.instancesPerSecond();
    return own > 0 && own * ALIKE >= most && most * ALIKE >= own;
  }

  /** The class that gains most bytes, where that is another. */
  private String beside(ClassReport found) {
    var most = classes.getFirst();
    return most.equals(found) ? "" : " beside " + told(most);
  }

  /** Such as {@code 41,203 java.lang.ref.Finalizer (+310.0/s)}. */
  private static String told(ClassReport found) {
    return String.format(
        Locale.ROOT,
        "%,d %s (+%.1f/s)",
        found.instances(),
        found.className(),
        found.instancesPerSecond());
  }
}
