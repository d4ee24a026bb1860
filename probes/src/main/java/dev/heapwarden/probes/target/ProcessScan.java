package dev.heapwarden.probes.target;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.BinaryFormatException;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the processes of watched containers and tells their runtimes apart. */
public final class ProcessScan {
  /**
   * USER_HZ is 100 on amd64 and arm64; System.nanoTime() counts from boot too, but for suspension.
   */
  private static final long NANOS_PER_TICK = 10_000_000;

  private static final long SETTLED_NANOS = 60_000_000_000L;

  private final CgroupTree cgroups;
  private final ProcFs proc;
  private final Map<ExecutableId, Executable> executables = new HashMap<>();
  private Map<TargetProcess.Identity, TargetProcess> seen = Map.of();
  private Map<String, TargetProcess.Identity> judged = Map.of();

  /** What does not change during the life of an executable. */
  private record Executable(Optional<GoBinary> go, Optional<String> refusal) {}

  public ProcessScan(CgroupTree cgroups, ProcFs proc) {
    this.cgroups = cgroups;
    this.proc = proc;
  }

  /** Looks once; a process that ends meanwhile is left out. */
  public List<Target> scan(List<WatchedContainer> containers) {
    var directories =
        cgroups.locate(
            containers.stream()
                .map(container -> container.key().containerId())
                .collect(Collectors.toSet()));
    var targets =
        containers.stream()
            .map(
                container ->
                    target(
                        container,
                        Optional.ofNullable(directories.get(container.key().containerId()))))
            .toList();
    forgetAllBut(targets);
    return targets;
  }

  private Target target(WatchedContainer container, Optional<Path> cgroup) {
    var pids = cgroup.map(CgroupTree::processes).orElse(List.of());
    var processes = new ArrayList<TargetProcess>();
    boolean denied = false;
    for (long pid : pids) {
      try {
        processes.add(process(container, pid));
      } catch (AccessDeniedException _) {
        denied = true;
      } catch (IOException | UncheckedIOException _) {
        // It ended between being listed and being looked at, or is a kernel thread.
      }
    }
    return Target.after(
        container,
        cgroup,
        processes,
        judged.get(container.key().containerId()),
        denied && processes.isEmpty() ? Optional.of(Capabilities.whyDenied()) : Optional.empty());
  }

  private TargetProcess process(WatchedContainer container, long pid) throws IOException {
    var identity = proc.identity(container.key().containerId(), pid);
    var known = seen.get(identity);
    return known != null && !mayYetLoadItsRuntime(known)
        ? known.withAnonymousBytes(proc.anonymousBytes(pid))
        : look(identity, proc.directory(pid).resolve("exe"));
  }

  /** A Java launcher is a native program until it has loaded libjvm. */
  private static boolean mayYetLoadItsRuntime(TargetProcess process) {
    long age = System.nanoTime() - process.identity().startTicks() * NANOS_PER_TICK;
    return process.runtime() == RuntimeKind.NATIVE && age < SETTLED_NANOS;
  }

  private TargetProcess look(TargetProcess.Identity identity, Path exe) throws IOException {
    long pid = identity.pid();
    var executable = executables.get(identity.executable());
    if (executable == null) {
      executable = read(exe);
      executables.put(identity.executable(), executable);
    }
    var runtime =
        executable.go().isPresent()
            ? RuntimeKind.GO
            : proc.maps(pid, "libjvm.so") ? RuntimeKind.JVM : RuntimeKind.NATIVE;
    var path = throughItsRoot(pid, exe);
    var refusal =
        executable
            .refusal()
            .or(
                () ->
                    path.isPresent()
                        ? Optional.empty()
                        : Optional.of("its executable was deleted or replaced"));
    return new TargetProcess(
        identity,
        proc.anonymousBytes(pid),
        runtime,
        path.orElse(exe),
        executable.go(),
        runtime == RuntimeKind.GO ? refusal : Optional.of("not Go"),
        executable.go().isPresent() ? bias(identity, executable.go().get()) : 0);
  }

  private static Executable read(Path exe) throws IOException {
    try {
      var go = GoBinary.read(exe);
      return new Executable(go, go.flatMap(GoBinary::refusal));
    } catch (BinaryFormatException malformed) {
      return new Executable(Optional.empty(), Optional.of("not Go: " + malformed.getMessage()));
    }
  }

  /**
   * The path of the executable that bpftrace can open: through the process's own root, and the same
   * file still.
   */
  private Optional<Path> throughItsRoot(long pid, Path exe) throws IOException {
    // Never by way of a string: a name may hold any bytes.
    var inside = Path.of("/").relativize(Files.readSymbolicLink(exe));
    var path = proc.directory(pid).resolve("root").resolve(inside);
    try {
      return ExecutableId.of(path).equals(ExecutableId.of(exe))
          ? Optional.of(path)
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private long bias(TargetProcess.Identity identity, GoBinary go) throws IOException {
    if (!go.positionIndependent()) {
      return 0;
    }
    var loaded = proc.loadedAt(identity.pid(), identity.executable().inode());
    return loaded.isPresent() ? loaded.getAsLong() - go.firstLoadAddress() : 0;
  }

  private void forgetAllBut(List<Target> targets) {
    seen =
        targets.stream()
            .flatMap(target -> target.processes().stream())
            .collect(
                Collectors.toMap(
                    TargetProcess::identity, process -> process, (first, second) -> first));
    judged =
        targets.stream()
            .flatMap(target -> target.main().stream())
            .map(TargetProcess::identity)
            .collect(
                Collectors.toMap(
                    TargetProcess.Identity::containerId, main -> main, (first, second) -> first));
    Set<ExecutableId> used = new HashSet<>();
    seen.keySet().forEach(identity -> used.add(identity.executable()));
    executables.keySet().retainAll(used);
  }
}
