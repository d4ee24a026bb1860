package dev.heapwarden.crds.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MapReport;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTypesTest {
  @ParameterizedTest
  @CsvSource({
    "map[*http.Request]*main.session, *http.Request",
    "map[string]map[*http.Request]int, string",
    "map[[2]*http.Request]int, [2]*http.Request",
    "map[struct { a [3]int }]string, struct { a [3]int }",
    "map[cache.Key[string]]int, cache.Key[string]"
  })
  void theKeysTypeIsReadOffTheMaps(String map, String key) {
    assertThat(marked(map, List.of(key))).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"main.registry", "map[", "map[[2]int"})
  void whatIsNoMapHasNoKeys(String type) {
    assertThat(marked(type, List.of("", "main.registry", "[2]int", "[2"))).isNull();
  }

  @Test
  void onlyAMapOfSuchKeysIsMarked() {
    assertThat(marked("map[*http.Request]int", KeyTypes.SUSPICIOUS)).isEqualTo("*http.Request");
    assertThat(marked("map[string]*http.Request", KeyTypes.SUSPICIOUS)).isNull();
    assertThat(marked("map[*http.Request]int", List.of())).isNull();
    assertThat(marked("map[*main.session]int", List.of("*main.session")))
        .isEqualTo("*main.session");
  }

  private static @Nullable String marked(String type, List<String> suspicious) {
    return new MapReport("0x10", type, 100, 1, 1, List.of()).marking(suspicious).suspiciousKey();
  }
}
