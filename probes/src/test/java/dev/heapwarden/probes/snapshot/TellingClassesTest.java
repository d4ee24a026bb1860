package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.crds.snapshot.TellingClass;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** On real JVMs of two JDKs, each of which leaks in its way. */
class TellingClassesTest {
  private static final JavaSource SOURCE =
      new JavaSource(
          "Telling",
          """
          import java.nio.ByteBuffer;
          import java.util.ArrayList;
          import java.util.HashMap;
          import java.util.concurrent.ConcurrentHashMap;
          import java.util.concurrent.ScheduledThreadPoolExecutor;
          import java.util.concurrent.TimeUnit;
          import java.util.zip.Deflater;
          import java.util.zip.Inflater;
          public class Telling {
            record Key(int id) {
              @Override public int hashCode() { return id % 256; }
            }
            static class Unfinished {
              @SuppressWarnings({"deprecation", "removal"})
              protected void finalize() throws Exception { Thread.sleep(1_000_000); }
            }
            static class InUse {
              @SuppressWarnings({"deprecation", "removal"})
              protected void finalize() { last = null; }
            }
            static final ArrayList<Object> kept = new ArrayList<>();
            static final HashMap<Key, Object> map = new HashMap<>();
            static final ConcurrentHashMap<Key, Object> shared = new ConcurrentHashMap<>();
            static final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
            static Object last;
            static void leak(String how, int id) {
              switch (how) {
                case "FINALIZER" -> last = new Unfinished();
                case "IN_USE" -> kept.add(new InUse());
                case "DEALLOCATOR" -> kept.add(ByteBuffer.allocateDirect(8));
                // Fewer: each takes much native memory.
                case "DEFLATER" -> { if (id % 100 == 0) { kept.add(new Deflater()); } }
                case "INFLATER" -> { if (id % 100 == 0) { kept.add(new Inflater()); } }
                case "SCHEDULED_TASK" -> timer.schedule(() -> {}, 1, TimeUnit.DAYS);
                case "THREAD_LOCAL" -> {
                  var local = new ThreadLocal<Object>();
                  local.set(new byte[64]);
                  kept.add(local);
                }
                case "TREE_NODE" -> map.put(new Key(id), "");
                case "CONCURRENT_TREE_NODE" -> shared.put(new Key(id), "");
                case "LAMBDA" -> kept.add((Runnable) () -> System.out.println(id));
                default -> throw new IllegalArgumentException(how);
              }
            }
            public static void main(String[] args) throws Exception {
              System.out.println("ready");
              for (int id = 0; ; id++) {
                leak(System.getProperty("leak"), id);
                if (id % 10 == 0) {
                  for (int i = 0; i < 200; i++) { last = new byte[1000]; }
                  Thread.sleep(1);
                }
              }
            }
          }
          """);

  @TempDir private Path directory;

  static Stream<Arguments> leaks() {
    return Stream.of(JavaProgram.OWN, "java")
        .flatMap(
            java ->
                Stream.of(
                        TellingClass.FINALIZER,
                        TellingClass.DEALLOCATOR,
                        TellingClass.DEFLATER,
                        TellingClass.INFLATER,
                        TellingClass.SCHEDULED_TASK,
                        TellingClass.THREAD_LOCAL,
                        TellingClass.TREE_NODE,
                        TellingClass.CONCURRENT_TREE_NODE)
                    .map(sign -> Arguments.of(java, sign)));
  }

  @ParameterizedTest
  @MethodSource("leaks")
  void aLeakShowsInTheClassThatTellsOfItAsFastAsInWhatItKeeps(String java, TellingClass sign)
      throws Exception {
    var classes = classes(java, sign.name());
    // A count that comes late after a collection is of garbage too, where the machine is busy.
    for (int again = 0; again < 3 && !isAlike(classes.getFirst(), sign, classes); again++) {
      classes = classes(java, sign.name());
    }

    var telling = named(classes, sign.className());
    assertThat(telling.platform()).isTrue();
    boolean large = sign == TellingClass.DEFLATER || sign == TellingClass.INFLATER;
    assertThat(telling.instances()).isGreaterThan(large ? 20 : 100);
    assertThat(isAlike(classes.getFirst(), sign, classes)).as("%s", classes).isTrue();
    if (sign == TellingClass.FINALIZER) {
      var waiting = named(classes, "Telling$Unfinished").awaitingFinalizer();
      assertThat(waiting).isNotNull().isGreaterThan(telling.instances() / 3);
    }
  }

  private static boolean isAlike(ClassReport most, TellingClass sign, List<ClassReport> classes) {
    return classes.stream()
        .filter(found -> found.className().equals(sign.className()))
        .mapToDouble(ClassReport::instancesPerSecond)
        .anyMatch(
            telling ->
                most.instancesPerSecond() >= telling / 3
                    && most.instancesPerSecond() <= telling * 3);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void whatIsStillInUseWaitsForNoFinalizer(String java) throws Exception {
    var classes = classes(java, "IN_USE");

    assertThat(named(classes, TellingClass.FINALIZER.className()).instancesPerSecond())
        .isPositive();
    assertThat(named(classes, "Telling$InUse").awaitingFinalizer()).isNull();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aClosureThatIsKeptIsOfAClassOfTheProgram(String java) throws Exception {
    assertThat(classes(java, "LAMBDA"))
        .anySatisfy(
            found -> {
              assertThat(found.className()).startsWith("Telling$$Lambda");
              assertThat(found.platform()).isFalse();
              assertThat(found.instancesPerSecond()).isPositive();
            });
  }

  static Stream<String> javas() {
    return Stream.of(JavaProgram.OWN, "java");
  }

  private List<ClassReport> classes(String java, String leak) throws Exception {
    try (var program =
        JavaProgram.start(
            SOURCE, java, Map.of(), "-Xmx96m", "-Xmn8m", "-XX:+UseSerialGC", "-Dleak=" + leak)) {
      var taken =
          (Evidence.Taken)
              TestCollector.storingIn(directory)
                  .take(SnapshotKind.CLASS_HISTOGRAM, JvmOrder.of(program.pid()));
      return GrownClasses.told(taken.told().classes());
    }
  }

  private static ClassReport named(List<ClassReport> classes, String name) {
    assertThat(classes).extracting(ClassReport::className).contains(name);
    return classes.stream()
        .filter(found -> found.className().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
