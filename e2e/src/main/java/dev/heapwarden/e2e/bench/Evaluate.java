package dev.heapwarden.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;

/**
 * What it costs the operator to keep the samples of many containers and to judge each of them once
 * a minute: the store, the evaluator and the book of the operator itself, fed with the samples of
 * made-up agents. CPU time is the whole process's, its garbage collection included, less that of
 * making the samples up; memory is what a full collection leaves.
 */
public final class Evaluate {
  private static final int[] STEPS = {1_000, 3_000, 10_000, 30_000, 100_000};
  private static final int ROUNDS = 5;
  private static final int WARM_UP_ROUNDS = 60;
  private static final double ROUND_SECONDS = 60;
  private static final double CORES = 2;

  private Evaluate() {}

  /**
   * Runs it.
   *
   * @param arguments most containers, hours of samples that each has at first, where to write JSON
   */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    int most = Integer.parseInt(arguments[0]);
    var past = Duration.ofMinutes((long) (Double.parseDouble(arguments[1]) * 60));
    var site = new JudgedFleets(past);
    // Code is warm before the first figure, as it is in a process that runs for days.
    site.growTo(Math.min(most, STEPS[0]));
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      var _ = site.round();
    }
    System.out.printf(
        "%10s %14s %16s %10s %12s%n",
        "containers", "CPU s/round", "quartiles", "MiB", "us/container");
    var steps = new ArrayList<Step>();
    for (int containers : STEPS) {
      if (containers <= most) {
        steps.add(measured(site, containers));
      }
    }
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(Path.of(arguments[2]).toFile(), steps);
    var last = steps.getLast();
    System.out.printf(
        "evaluate: containers=%d cpu-share=%.3f memory-mib=%d exponent=%.2f%n",
        last.containers,
        last.cpuSeconds / (ROUND_SECONDS * CORES),
        Math.round(last.mebibytes),
        Exponent.of(steps, Step::containers, Step::cpuSeconds));
  }

  /**
   * One size.
   *
   * @param cpuSeconds of one round, median
   */
  record Step(int containers, double cpuSeconds, double low, double high, double mebibytes) {}

  private static Step measured(JudgedFleets site, int containers) {
    site.growTo(containers);
    var seconds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      seconds[round] = site.round();
    }
    Arrays.sort(seconds);
    var step =
        new Step(
            containers,
            seconds[ROUNDS / 2],
            seconds[ROUNDS / 4],
            seconds[ROUNDS - 1 - ROUNDS / 4],
            JudgedFleets.retainedMebibytes());
    System.out.printf(
        "%10d %14.2f %7.2f to %5.2f %10.0f %12.0f%n",
        containers,
        step.cpuSeconds,
        step.low,
        step.high,
        step.mebibytes,
        step.cpuSeconds / containers * 1e6);
    return step;
  }
}
