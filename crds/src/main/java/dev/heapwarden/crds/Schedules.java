package dev.heapwarden.crds;

/** The notation of schedules in the API: Quartz cron expressions. */
public final class Schedules {
  /** Longest expression. */
  public static final int LENGTH = 128;

  /** Longest name of a time zone. */
  public static final int ZONE_LENGTH = 64;

  /** Time zone of a schedule that names none. */
  public static final String ZONE = "UTC";

  /**
   * Six fields, or seven with the year: the fields of Quartz 2.5's CronExpression. Five-field
   * crontab lines are refused.
   */
  private static final String CRON = "^[0-9*,/-]+( [0-9A-Za-z*?,/#-]+){5}( [0-9*,/-]+)?$";

  /** Validation rule of a field that holds a schedule. */
  public static final String VALID =
      "self.matches('" + CRON + "') && (self.split(' ')[3] == '?') != (self.split(' ')[5] == '?')";

  public static final String MESSAGE =
      "schedule must be a Quartz cron expression: seconds first, six fields or seven with"
          + " the year, ? as day of month or as day of week, such as 0 0 2 * * ?";

  private Schedules() {}
}
