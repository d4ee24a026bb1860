package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class QuarantineLabelsTest {
  private static final Set<String> REPLICA_SET = Set.of("app", "pod-template-hash");

  @Test
  void oneLabelThatServiceAndReplicaSetShareIsEnough() {
    assertThat(QuarantineLabels.fewestKeys(List.of(Set.of("app", "tier"), REPLICA_SET)))
        .hasValue(new TreeSet<>(Set.of("app")));
  }

  @Test
  void aServiceThatSelectsByAnotherLabelTakesASecondOne() {
    assertThat(
            QuarantineLabels.fewestKeys(
                List.of(Set.of("app"), Set.of("public"), Set.of("public", "tier"), REPLICA_SET)))
        .hasValue(new TreeSet<>(Set.of("app", "public")));
  }

  /** Taking the most frequent key first would need three: c, then one each for {a} and {b}. */
  @Test
  void theFewestAreFoundWhereTheMostFrequentKeyMisleads() {
    assertThat(
            QuarantineLabels.fewestKeys(
                List.of(
                    Set.of("a"),
                    Set.of("b"),
                    Set.of("a", "c"),
                    Set.of("b", "c"),
                    Set.of("c", "a"))))
        .hasValue(new TreeSet<>(Set.of("a", "b")));
  }

  @Test
  void aSelectorWithoutABreakableKeyCannotBeLeft() {
    assertThat(QuarantineLabels.fewestKeys(List.of(Set.of("app"), Set.of()))).isEmpty();
  }

  @Test
  void noSmallerSetOfLabelsWouldDo() {
    var random = new Random(7);
    var keys = List.of("a", "b", "c", "d", "e", "f");
    for (int run = 0; run < 500; run++) {
      var selectors =
          random
              .ints(1 + random.nextInt(4), 1, 1 << keys.size())
              .mapToObj(bits -> subset(keys, bits))
              .toList();
      var found = QuarantineLabels.fewestKeys(selectors).orElseThrow();
      assertThat(selectors).allMatch(selector -> selector.stream().anyMatch(found::contains));
      for (int bits = 0; bits < 1 << keys.size(); bits++) {
        var other = subset(keys, bits);
        if (other.size() < found.size()) {
          assertThat(selectors).anyMatch(selector -> selector.stream().noneMatch(other::contains));
        }
      }
    }
  }

  @Test
  void theNewValueIsAValidLabelAndNeverTheOldOne() {
    for (var value : List.of("", "shop", "a".repeat(63), "a".repeat(39) + "-.", "x_")) {
      assertThat(QuarantineLabels.quarantined(value))
          .matches("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
          .isNotEqualTo(value);
    }
  }

  @Test
  void onlyTheChosenLabelsChange() {
    assertThat(QuarantineLabels.changed(Map.of("app", "shop", "team", "a"), Set.of("app")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("app", "shop.heapwarden-quarantine", "team", "a"));
  }

  @Test
  void anAbsentSelectorSelectsNothingAndAnEmptyOneEverything() {
    assertThat(Selectors.matches((io.fabric8.kubernetes.api.model.LabelSelector) null, Map.of()))
        .isFalse();
    assertThat(Selectors.matches(new LabelSelectorBuilder().build(), Map.of("a", "b"))).isTrue();
  }

  @Test
  void expressionsAreReadAsTheApiServerReadsThem() {
    var selector =
        new LabelSelectorBuilder()
            .addToMatchExpressions(expression("app", "In", "shop", "store"))
            .addToMatchExpressions(expression("canary", "NotIn", "true"))
            .addToMatchExpressions(expression("team", "Exists"))
            .addToMatchExpressions(expression("old", "DoesNotExist"))
            .build();
    assertThat(Selectors.matches(selector, Map.of("app", "shop", "team", "a"))).isTrue();
    assertThat(Selectors.matches(selector, Map.of("app", "shop"))).isFalse();
    assertThat(Selectors.matches(selector, Map.of("app", "bar", "team", "a"))).isFalse();
    assertThat(Selectors.matches(selector, Map.of("app", "shop", "team", "a", "canary", "true")))
        .isFalse();
    assertThat(Selectors.matches(selector, Map.of("app", "shop", "team", "a", "old", "")))
        .isFalse();
    assertThat(Selectors.breakableKeys(selector)).containsExactly("app");
  }

  private static LabelSelectorRequirement expression(
      String key, String operator, String... values) {
    return new LabelSelectorRequirement(key, operator, List.of(values));
  }

  private static Set<String> subset(List<String> keys, int bits) {
    var set = new TreeSet<String>();
    for (int i = 0; i < keys.size(); i++) {
      if ((bits >> i & 1) == 1) {
        set.add(keys.get(i));
      }
    }
    return set;
  }
}
