package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.report.Standing;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssessmentBookTest {
  private static final Verdict HEALTHY = new Verdict.Healthy(Cluster.evidence("Nothing grows."));

  private static final ObjectMeta POLICY =
      new ObjectMetaBuilder().withName("shop").withUid("p").withGeneration(1L).build();

  private final AssessmentBook book = new AssessmentBook();

  @Test
  void holdsTheNewestOfEveryContainerOfAWorkload() {
    book.replace(POLICY, List.of(Cluster.watched("a", HEALTHY), Cluster.watched("b", HEALTHY)));

    assertThat(book.of("uid-checkout", "checkout")).hasSize(2);
    assertThat(book.of("uid-checkout", "envoy")).isEmpty();
    assertThat(book.of("uid-cart", "checkout")).isEmpty();
    assertThat(book.standings())
        .extracting(Standing::verdict)
        .containsExactly("Healthy", "Healthy");
  }

  @Test
  void forgetsContainersThatAreGoneOrCannotBeSeen() {
    book.replace(POLICY, List.of(Cluster.watched("a", HEALTHY), Cluster.watched("b", HEALTHY)));

    book.replace(POLICY, List.of(Cluster.unseen("a", new Sight.NoAgent())));

    assertThat(book.of("uid-checkout", "checkout")).isEmpty();
    assertThat(book.standings()).extracting(Standing::verdict).containsExactly("Unseen");
  }

  @Test
  void aPolicyThatChangedIsEvaluatedAnewAtOnce() {
    book.replace(POLICY, List.of(Cluster.watched("a", HEALTHY)));

    assertThat(book.last("p", 1, Cluster.key("a"))).isPresent();
    assertThat(book.last("p", 2, Cluster.key("a"))).isEmpty();
    assertThat(book.lastVerdict("p", Cluster.key("a"))).contains("Healthy");
  }

  @Test
  void aDeletedPolicyTakesItsAssessmentsAlong() {
    book.replace(POLICY, List.of(Cluster.watched("a", HEALTHY)));

    book.forget("p");

    assertThat(book.standings()).isEmpty();
    assertThat(book.policies()).isZero();
    assertThat(book.of("uid-checkout", "checkout")).isEmpty();
  }

  @Test
  void aWorkloadIsGoneOnceItsPolicyWasSeenWithoutIt() {
    assertThat(book.isGone("p", "uid-checkout", "checkout")).as("not looked at yet").isFalse();

    book.replace(POLICY, List.of(Cluster.unseen("a", new Sight.NoAgent())));
    assertThat(book.isGone("p", "uid-checkout", "checkout")).as("its agent is silent").isFalse();
    assertThat(book.isGone("p", "uid-checkout", "envoy")).isTrue();

    book.replace(POLICY, List.of());
    assertThat(book.isGone("p", "uid-checkout", "checkout")).isTrue();
  }
}
