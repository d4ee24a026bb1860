package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Orders of evidence of a container in which these JVMs run. */
final class JvmOrder {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  private JvmOrder() {}

  static Order of(long... pids) throws IOException {
    return of(List.of(), pids);
  }

  static Order of(InstanceQuery instances, long pid) throws IOException {
    return of(List.of(), Optional.of(instances), pid);
  }

  static Order of(List<String> options, long... pids) throws IOException {
    return of(options, Optional.empty(), pids);
  }

  /** Of the same container, called otherwise. */
  static Order in(String containerId, Order order) {
    var target = order.target();
    return new Order(
        order.owner(),
        new Target(
            Web.watched(Web.key(containerId), Offers.none()), target.cgroup(), target.processes()),
        order.window(),
        order.jvmOptions(),
        order.instances());
  }

  /** The same where the policy allows heap dumps in service. */
  static Order allowingDumps(Order order) {
    var target = order.target();
    var container = target.container();
    return new Order(
        order.owner(),
        new Target(
            new WatchedContainer(
                container.key(),
                container.policy(),
                container.choice(),
                container.interval(),
                container.startedAt(),
                container.offers(),
                container.overheadBudget(),
                container.suspiciousKeys(),
                true),
            target.cgroup(),
            target.processes()),
        order.window(),
        order.jvmOptions(),
        order.instances());
  }

  private static Order of(List<String> options, Optional<InstanceQuery> instances, long... pids)
      throws IOException {
    var processes = new ArrayList<TargetProcess>();
    for (long pid : pids) {
      var exe = PROC.directory(pid).resolve("exe");
      processes.add(
          new TargetProcess(
              new TargetProcess.Identity("id", pid, PROC.startTicks(pid), ExecutableId.of(exe)),
              100 << 20,
              RuntimeKind.JVM,
              exe,
              Optional.empty(),
              Optional.of("not Go"),
              0));
    }
    return new Order(
        new ArtifactStore.Owner("shop", "s1"),
        new Target(Web.watched(), Optional.empty(), processes),
        Duration.ofSeconds(2),
        options,
        instances);
  }
}
