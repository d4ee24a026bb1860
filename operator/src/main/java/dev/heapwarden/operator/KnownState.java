package dev.heapwarden.operator;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.evaluate.AssessmentBook;
import dev.heapwarden.operator.report.OperatorState;
import dev.heapwarden.operator.report.Standing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The parts of the operator, asked for what metrics tell. */
record KnownState(
    BooleanSupplier leads,
    SampleStore store,
    AssessmentBook book,
    Supplier<List<LeakIncident>> kept,
    InstantSource clock)
    implements OperatorState {
  @Override
  public boolean leading() {
    return leads.getAsBoolean();
  }

  @Override
  public long answeringAgents() {
    return store.agents() - silentAgents();
  }

  @Override
  public long silentAgents() {
    return store.silentAgents(clock.instant());
  }

  @Override
  public Duration sampleLag() {
    return store.lag(clock.instant());
  }

  @Override
  public long watched() {
    return store.watched();
  }

  @Override
  public long attached() {
    return store.attached();
  }

  @Override
  public long policies() {
    return book.policies();
  }

  @Override
  public Duration verdictAge() {
    return book.oldest().map(at -> Duration.between(at, clock.instant())).orElse(Duration.ZERO);
  }

  @Override
  public List<Standing> standings() {
    return book.standings();
  }

  @Override
  public List<LeakIncident> incidents() {
    return kept.get();
  }
}
