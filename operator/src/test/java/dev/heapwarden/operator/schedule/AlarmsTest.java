package dev.heapwarden.operator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.schedule.Timetable.Occasion;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlarmsTest {
  private static final String EVERY_SECOND = "'* * * * * ?'";
  private static final String NIGHTLY = "'0 0 2 * * ?'";

  private final BlockingQueue<Ring> rings = new LinkedBlockingQueue<>();
  private final Alarms alarms = new Alarms();

  AlarmsTest() {
    for (var occasion : Occasion.values()) {
      alarms.on(
          occasion, (namespace, policy) -> rings.add(new Ring(occasion, namespace, policy, now())));
    }
  }

  @AfterEach
  void close() {
    alarms.close();
  }

  @Test
  void whoWaitsIsWokenWhenTheMomentHasComeAndNotBefore() throws InterruptedException {
    var due = now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(2);
    var time = due.atZone(ZoneOffset.UTC);
    alarms.set(
        policy(
            1,
            NIGHTLY,
            "'%d %d %d * * ?'".formatted(time.getSecond(), time.getMinute(), time.getHour())));
    alarms.start();

    var ring = rings.poll(1, TimeUnit.MINUTES);

    assertThat(ring).isNotNull();
    assertThat(ring.occasion()).isEqualTo(Occasion.WINDOW_OPENS);
    assertThat(ring.namespace() + "/" + ring.policy()).isEqualTo("shop/checkout");
    assertThat(ring.at()).isAfterOrEqualTo(due);
  }

  @Test
  void aStandbyIsNotWoken() throws InterruptedException {
    alarms.set(policy(1, EVERY_SECOND, EVERY_SECOND));

    assertThat(rings.poll(1500, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aPolicyThatChangesReplacesItsAlarmsAndOneThatGoesTakesThemAway() {
    alarms.set(policy(1, NIGHTLY, NIGHTLY));
    assertThat(alarms.count()).isEqualTo(2);
    alarms.set(policy(2, NIGHTLY, "'0 0 25 * * ?'"));
    assertThat(alarms.count()).as("what cannot be read has no alarm").isEqualTo(1);
    alarms.set(policy(3, "'0 0 2 1 1 ? 1999'", NIGHTLY));
    assertThat(alarms.count()).as("what never comes has no alarm").isEqualTo(1);
    alarms.forget("uid");
    assertThat(alarms.count()).isZero();
  }

  @Test
  void nothingRingsAfterTheEnd() throws InterruptedException {
    alarms.set(policy(1, EVERY_SECOND, EVERY_SECOND));
    alarms.start();
    assertThat(rings.poll(10, TimeUnit.SECONDS)).isNotNull();
    alarms.close();
    rings.clear();

    assertThat(rings.poll(1500, TimeUnit.MILLISECONDS)).isNull();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("alarms") && thread.isAlive());
  }

  private static Instant now() {
    return Instant.now();
  }

  private static MemoryPolicy policy(int generation, String health, String window) {
    return Serialization.unmarshal(
        """
        metadata: {name: checkout, namespace: shop, uid: uid, generation: %d}
        spec:
          selector: {matchLabels: {app: checkout}}
          observe: {healthSnapshots: {schedule: %s}}
          respond: {maintenanceWindows: [{schedule: %s, duration: 2h}]}
        """
            .formatted(generation, health, window),
        MemoryPolicy.class);
  }

  private record Ring(Occasion occasion, String namespace, String policy, Instant at) {}
}
