package dev.heapwarden.probes.probe;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts a child that would sleep for an hour, says its pid, and waits to be killed. */
final class ParentProgram {
  private ParentProgram() {}

  public static void main(String[] arguments) throws InterruptedException {
    new ChildProcess(
            "child",
            List.of("sh", "-c", "echo $$; exec sleep 3600"),
            System.out::println,
            List.of(Path.of(arguments[0])))
        .start(null);
    new CountDownLatch(1).await();
  }
}
