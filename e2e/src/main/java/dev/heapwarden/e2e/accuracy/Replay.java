package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.detection.Settings;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.e2e.corpus.Trace;
import dev.heapwarden.operator.collect.Agent;
import dev.heapwarden.operator.collect.Cursor;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.collect.Sight;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A trace once more, through the operator's store: at each slide of the policy what had come by
 * then is known, and no more. The clock is the trace's.
 */
final class Replay {
  private static final Agent AGENT =
      new Agent("agent", "agent", "node", URI.create("https://agent"));

  private final Settings settings;
  private final SampleStore store = new SampleStore(Duration.ofMinutes(1));
  private Cursor cursor = Cursor.START;
  private List<ContainerState> listed = List.of();

  private Replay(Settings settings) {
    this.settings = settings;
  }

  /** The moments at which the program's containers are judged, in order. */
  static List<Moment> of(Trace trace, Observe observe) {
    return new Replay(settings(observe)).moments(trace.answers());
  }

  static Settings settings(Observe observe) {
    return new Settings(
        Durations.parse(observe.window()),
        Durations.parse(observe.slide()),
        Durations.parse(observe.trendHorizon()),
        Durations.parse(observe.warmUp()));
  }

  private List<Moment> moments(List<Trace.Answer> answers) {
    var moments = new ArrayList<Moment>();
    if (answers.isEmpty()) {
      return moments;
    }
    var now = answers.getFirst().at();
    store.agents(List.of(AGENT), now);
    int heard = 0;
    while (heard < answers.size()) {
      now = now.plus(settings.slide());
      for (; heard < answers.size() && !answers.get(heard).at().isAfter(now); heard++) {
        hear(answers.get(heard));
      }
      for (var state : listed) {
        if (store.sight(AGENT.node(), state.container(), now) instanceof Sight.Watched watched) {
          moments.add(new Moment(now, watched.state(), watched.samples(), settings));
        }
      }
    }
    return moments;
  }

  private void hear(Trace.Answer answer) {
    var batch = answer.batch();
    store.accept(AGENT, batch, cursor.resetBy(batch), answer.at());
    cursor = Cursor.after(batch);
    listed = batch.containers();
  }

  /** From a program's start, which may have had several containers. */
  static double secondsInto(List<Moment> moments, Instant at) {
    return Duration.between(moments.getFirst().state().startedAt(), at).toMillis() / 1e3;
  }
}
