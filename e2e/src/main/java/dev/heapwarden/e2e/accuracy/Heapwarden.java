package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.Detector;
import dev.heapwarden.detection.rule.Compilation;
import dev.heapwarden.detection.rule.RuleSet;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** Ours: every preset, as a policy without rules of its own has them. */
final class Heapwarden implements Method {
  private final Detector detector;

  Heapwarden() {
    if (!(RuleSet.compile(List.of()) instanceof Compilation.Compiled(var rules))) {
      throw new IllegalStateException("the presets do not compile");
    }
    detector = new Detector(rules);
  }

  @Override
  public String name() {
    return "heapwarden";
  }

  @Override
  public boolean rival() {
    return false;
  }

  @Override
  public boolean answers() {
    return true;
  }

  @Override
  public Opinion judge(Moment moment) {
    var verdict = verdict(moment);
    return switch (verdict) {
      case Verdict.Confirmed confirmed ->
          new Opinion(Opinion.Alarm.CONFIRMED, Optional.of(confirmed.evidence()));
      case Verdict.Suspected suspected ->
          new Opinion(Opinion.Alarm.SUSPECTED, Optional.of(suspected.evidence()));
      case Verdict.Healthy _, Verdict.Inconclusive _ ->
          new Opinion(Opinion.Alarm.NONE, Optional.of(verdict.evidence()));
    };
  }

  Verdict verdict(Moment moment) {
    return detector.evaluate(
        moment.history(),
        moment.state().runtime(),
        moment.state().startedAt(),
        moment.settings(),
        moment.now());
  }
}
