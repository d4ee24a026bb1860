package dev.heapwarden.probes.target;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.Sites;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process of a watched container. Container, pid, start time and executable together are its
 * identity: a re-used pid is another process.
 *
 * @param anonymousBytes of its memory when it was looked at, shared memory included, for choosing
 *     the main process
 * @param executable where the file is from the agent's view, through the process's own root
 * @param go what its Go executable says; empty for other runtimes
 * @param refusal why its runtime cannot be probed; empty when it can
 * @param bias what loading added to the executable's addresses, 0 when it is not position
 *     independent
 */
public record TargetProcess(
    Identity identity,
    long anonymousBytes,
    RuntimeKind runtime,
    Path executable,
    Optional<GoBinary> go,
    Optional<String> refusal,
    long bias) {

  /**
   * What must be equal for two observations to be of one process.
   *
   * @param pid as the agent's pid namespace numbers it
   * @param startTicks clock ticks from boot to its start
   * @param stack where its stack begins, which Linux draws anew whenever it executes a program, be
   *     it the same one; 0 where that may not be seen
   */
  public record Identity(
      String containerId, long pid, long startTicks, ExecutableId executable, long stack) {
    public Identity(String containerId, long pid, long startTicks, ExecutableId executable) {
      this(containerId, pid, startTicks, executable, 0);
    }
  }

  public long pid() {
    return identity.pid();
  }

  TargetProcess withAnonymousBytes(long bytes) {
    return new TargetProcess(identity, bytes, runtime, executable, go, refusal, bias);
  }

  /** What names this process's functions; empty when it is no Go program. */
  public Optional<Sites.Program> program(Path procRoot) {
    return go.map(
        binary ->
            new Sites.Program(
                identity.executable(),
                procRoot.resolve(Long.toString(pid())).resolve("exe"),
                binary,
                bias));
  }
}
