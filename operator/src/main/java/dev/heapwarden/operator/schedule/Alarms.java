package dev.heapwarden.operator.schedule;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.schedule.Timetable.Occasion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.quartz.CronScheduleBuilder;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.simpl.RAMJobStore;
import org.quartz.simpl.SimpleThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rings whenever a moment of a policy's schedules has come. It remembers nothing beyond the process
 * and decides nothing: the policies are its only source, and an alarm that is lost or rings twice
 * changes nothing but the time at which somebody looks.
 */
public final class Alarms implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
  private static final JobKey RING = new JobKey("ring");
  private static final String NAMESPACE = "namespace";
  private static final String POLICY = "policy";
  private static final String OCCASION = "occasion";

  private final Scheduler scheduler;
  private final Map<Occasion, BiConsumer<String, String>> listeners = new EnumMap<>(Occasion.class);
  private final Map<String, Long> generations = new ConcurrentHashMap<>();

  /** Rings nothing before it is started. */
  public Alarms() {
    try {
      scheduler = new StdSchedulerFactory(settings()).getScheduler();
      scheduler.setJobFactory((bundle, of) -> this::ring);
      scheduler.addJob(job(), true);
    } catch (SchedulerException e) {
      throw new IllegalStateException("alarms in memory failed", e);
    }
  }

  /** Whom to wake, by namespace and name of the policy. To be said before the start. */
  public void on(Occasion occasion, BiConsumer<String, String> listener) {
    listeners.put(occasion, listener);
  }

  public void start() {
    try {
      scheduler.start();
    } catch (SchedulerException e) {
      throw new IllegalStateException("alarms do not start", e);
    }
  }

  /** Sets the alarms of a policy as its spec has them now, instead of those before. */
  public void set(MemoryPolicy policy) {
    var metadata = policy.getMetadata();
    var before = generations.put(metadata.getUid(), metadata.getGeneration());
    if (metadata.getGeneration().equals(before)) {
      return;
    }
    try {
      clear(metadata.getUid());
      var now = Instant.now();
      int number = 0;
      for (var entry : Timetable.of(policy.getSpec()).entries()) {
        // Quartz refuses a schedule that has no moment left.
        if (entry.schedule().next(now).isPresent()) {
          scheduler.scheduleJob(trigger(policy, entry, number++));
        }
      }
    } catch (SchedulerException e) {
      throw new IllegalStateException("alarm of " + metadata.getName() + " not set", e);
    }
  }

  /** Takes away the alarms of a policy that is no more. */
  public void forget(String policyUid) {
    generations.remove(policyUid);
    try {
      clear(policyUid);
    } catch (SchedulerException e) {
      throw new IllegalStateException("alarms of a policy not taken away", e);
    }
  }

  int count() {
    try {
      return scheduler.getTriggerKeys(GroupMatcher.anyTriggerGroup()).size();
    } catch (SchedulerException e) {
      throw new IllegalStateException("alarms in memory failed", e);
    }
  }

  /** Waits for those that ring just now. */
  @Override
  public void close() {
    try {
      scheduler.shutdown(true);
    } catch (SchedulerException e) {
      LOG.warn("alarms did not stop cause={}", e.getMessage());
    }
  }

  private void clear(String policyUid) throws SchedulerException {
    var keys = scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(policyUid));
    scheduler.unscheduleJobs(new ArrayList<>(keys));
  }

  private void ring(JobExecutionContext context) {
    var data = context.getTrigger().getJobDataMap();
    try {
      untilItHasCome(context.getScheduledFireTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    var listener = listeners.get(Occasion.valueOf(data.getString(OCCASION)));
    if (listener != null) {
      listener.accept(data.getString(NAMESPACE), data.getString(POLICY));
    }
  }

  /** Quartz 2.5 rings up to two milliseconds early (QuartzSchedulerThread.run). */
  private static void untilItHasCome(Date moment) throws InterruptedException {
    var early = Duration.between(Instant.now(), moment.toInstant());
    if (early.isPositive()) {
      Thread.sleep(early);
    }
  }

  private static Trigger trigger(MemoryPolicy policy, Timetable.Entry entry, int number) {
    var metadata = policy.getMetadata();
    return TriggerBuilder.newTrigger()
        .withIdentity(new TriggerKey(Integer.toString(number), metadata.getUid()))
        .forJob(RING)
        .usingJobData(NAMESPACE, metadata.getNamespace())
        .usingJobData(POLICY, metadata.getName())
        .usingJobData(OCCASION, entry.occasion().name())
        .withSchedule(
            CronScheduleBuilder.cronSchedule(entry.schedule().expression())
                .withMisfireHandlingInstructionFireAndProceed())
        .build();
  }

  private static JobDetail job() {
    return JobBuilder.newJob(Job.class).withIdentity(RING).storeDurably().build();
  }

  private static Properties settings() {
    var settings = new Properties();
    // Quartz keeps the schedulers of a process apart by name.
    settings.setProperty(
        StdSchedulerFactory.PROP_SCHED_INSTANCE_NAME, "alarms-" + UUID.randomUUID());
    settings.setProperty(StdSchedulerFactory.PROP_SCHED_THREAD_NAME, "alarms");
    settings.setProperty(StdSchedulerFactory.PROP_SCHED_MAKE_SCHEDULER_THREAD_DAEMON, "true");
    settings.setProperty(StdSchedulerFactory.PROP_JOB_STORE_CLASS, RAMJobStore.class.getName());
    settings.setProperty(
        StdSchedulerFactory.PROP_THREAD_POOL_CLASS, SimpleThreadPool.class.getName());
    settings.setProperty(StdSchedulerFactory.PROP_THREAD_POOL_PREFIX + ".threadCount", "1");
    settings.setProperty(
        StdSchedulerFactory.PROP_THREAD_POOL_PREFIX + ".makeThreadsDaemons", "true");
    return settings;
  }
}
