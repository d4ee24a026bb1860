package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssessmentBookTest {
  private static final Verdict HEALTHY = new Verdict.Healthy(Cluster.evidence("Nothing grows."));

  private final AssessmentBook book = new AssessmentBook();

  @Test
  void holdsTheNewestOfEveryContainerOfAWorkload() {
    book.replace("p", 1, List.of(Cluster.watched("a", HEALTHY), Cluster.watched("b", HEALTHY)));

    assertThat(book.of("uid-checkout", "checkout")).hasSize(2);
    assertThat(book.of("uid-checkout", "envoy")).isEmpty();
    assertThat(book.of("uid-cart", "checkout")).isEmpty();
    assertThat(book.count("Healthy")).isEqualTo(2);
  }

  @Test
  void forgetsContainersThatAreGoneOrCannotBeSeen() {
    book.replace("p", 1, List.of(Cluster.watched("a", HEALTHY), Cluster.watched("b", HEALTHY)));

    book.replace("p", 1, List.of(Cluster.unseen("a", new Sight.NoAgent())));

    assertThat(book.of("uid-checkout", "checkout")).isEmpty();
  }

  @Test
  void aPolicyThatChangedIsEvaluatedAnewAtOnce() {
    book.replace("p", 1, List.of(Cluster.watched("a", HEALTHY)));

    assertThat(book.last("p", 1, Cluster.key("a"))).isPresent();
    assertThat(book.last("p", 2, Cluster.key("a"))).isEmpty();
    assertThat(book.lastVerdict("p", Cluster.key("a"))).contains("Healthy");
  }

  @Test
  void aDeletedPolicyTakesItsAssessmentsAlong() {
    book.replace("p", 1, List.of(Cluster.watched("a", HEALTHY)));

    book.forget("p");

    assertThat(book.count("Healthy")).isZero();
  }
}
