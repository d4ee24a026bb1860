package dev.heapwarden.probes.gclog;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A collection that a Go program with GODEBUG=gctrace=1 wrote down (Go 1.21 to 1.27,
 * src/runtime/mgc.go, gcMarkTermination; described in extern.go).
 *
 * @param cycle its number since the program started
 * @param liveBytes found live at the end of marking; whole MiB, rounded down
 * @param markTermination nanoseconds of its mark termination, in the line ms
 */
public record GoTrace(long cycle, long liveBytes, long markTermination) {
  private static final String MARK = "gc ";

  /** With GOGC=off the goal is up to 2^64 bytes. */
  private static final String COUNT = "[0-9]{1,14}";

  private static final String TIME = "[0-9]{1,12}(?:\\.[0-9]{1,3})?";

  /** Since Go 1.27 it may say what else the collection did. */
  private static final Pattern LINE =
      Pattern.compile(
          "gc (COUNT) @TIMEs COUNT%(?: \\([a-z ]{1,40}\\))?: TIME\\+TIME\\+(TIME) ms clock, TIME\\+TIME/TIME/TIME\\+TIME ms cpu, COUNT->COUNT->(COUNT) MB, COUNT MB goal, COUNT MB stacks, COUNT MB globals, COUNT P(?: \\(forced\\))?"
              .replace("COUNT", COUNT)
              .replace("TIME", TIME));

  /** Whether a line begins as these do; the next character of such a line is a digit. */
  static boolean isMeant(String line) {
    return line.startsWith(MARK) && line.length() > MARK.length() && isDigit(line.charAt(3));
  }

  /** Empty where the line is none, or something else was printed into it. */
  public static Optional<GoTrace> parse(String line) {
    var trace = LINE.matcher(line);
    return trace.matches()
        ? Optional.of(
            new GoTrace(
                Long.parseLong(trace.group(1)),
                Long.parseLong(trace.group(3)) << 20,
                Math.round(Double.parseDouble(trace.group(2)) * 1e6)))
        : Optional.empty();
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }
}
