package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Quotas;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A world and a response that acts in it; time passes as the response asks for. */
final class Rehearsal {
  static final Limits LIMITS = new Limits(3, 1);

  final World world = new World(1);
  final List<Assessment> watched = new ArrayList<>();
  final Response response = response(world, watched, Duration.ofDays(30));

  LeakIncidentStatus run(@Nullable MemoryPolicy policy, Duration time) {
    world.calm = true;
    if (world.inNamespace("shop").isEmpty()) {
      world.put(incident("leak-1", "w1"));
    }
    var until = world.now.plus(time);
    while (world.now.isBefore(until)) {
      var wait = response.advance(world.get("leak-1"), Optional.ofNullable(policy));
      assertThat(wait).isPositive();
      world.now = world.now.plus(wait);
    }
    return world.get("leak-1").getStatus();
  }

  LeakIncidentStatus respondTo(LeakIncident incident) {
    world.calm = true;
    world.put(incident);
    var name = incident.getMetadata().getName();
    world.seen(name, "Confirmed");
    for (int i = 0; i < 10; i++) {
      response.advance(
          world.get(name), Optional.of(policy(respond(Mode.ENFORCE, 3, new Limits(10, 5)))));
    }
    return world.get(name).getStatus();
  }

  static LeakIncident episode(String name, int episode) {
    var incident = incident(name, "w1");
    var target = incident.getSpec().target();
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target(
                target.kind(),
                target.name(),
                target.uid(),
                target.container(),
                target.policy(),
                episode),
            LeakIncidentSpec.Response.none()));
    return incident;
  }

  static List<String> actions(LeakIncidentStatus status) {
    return status.steps().stream().map(Rehearsal::line).toList();
  }

  static String line(Step step) {
    return step.action() + "=" + step.state();
  }

  static Response response(World world) {
    return response(world, List.of(), Duration.ofDays(30));
  }

  static Response response(World world, List<Assessment> watched, Duration retention) {
    return new Response(
        new Response.Actions(
            world.action(ActionKind.DIAGNOSE),
            world.action(ActionKind.ISOLATE),
            List.of(
                world.action(ActionKind.DIAGNOSE_ISOLATED),
                world.action(ActionKind.SAMPLE_INSTANCES)),
            world.action(ActionKind.RELIEVE),
            List.of(
                world.action(ActionKind.PATCH_ENVIRONMENT),
                world.action(ActionKind.ADD_REPLICAS),
                world.action(ActionKind.RESTART),
                world.action(ActionKind.RESIZE_MEMORY))),
        new Installation() {
          @Override
          public Ruling ruling(ActionKind kind) {
            return world.installation.ruling(kind);
          }

          @Override
          public Quotas quotas() {
            return world.quotas;
          }
        },
        world,
        (workload, container) -> watched,
        (about, reason, message) -> {},
        () -> world.now,
        retention);
  }
}
