package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What JDK 17 and 25 print of what they log, asked by VM.log list. */
class OptionInForceTest {
  private static final String FLAG =
      "   size_t MaxHeapSize                  = 134217728      {product} {ergonomic}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -Xlog:gc                      | all=warning,gc=info
          -Xlog:gc:stdout               | all=warning,gc=info
          -Xlog:gc                      | all=warning,gc*=info
          -Xlog:gc                      | all=warning,gc=debug
          -Xlog:gc*                     | all=warning,gc*=info,stringdedup*=debug
          -Xlog:stringdedup*=debug      | all=warning,gc*=info,stringdedup*=debug
          -Xlog:gc+heap=debug           | all=warning,gc+heap*=debug
          -Xlog:gc+heap=debug           | all=warning,gc=info,gc+heap=debug
          -Xlog:safepoint+gc            | all=warning,gc+safepoint=info
          -Xlog:gc+heap*=debug          | all=warning,gc*=debug
          -Xlog:gc+heap                 | all=info
          -Xlog:gc+heap+exit            | all=warning,heap+exit*=info
          -Xlog:trimnative*             | all=warning,trimnative=info
          """)
  void anOptionThatIsLoggedIsInForce(String option, String logged) {
    assertThat(running(logged).instead(option)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -Xlog:gc                      | all=warning
          -Xlog:gc+gc                   | all=warning
          -Xlog:gc+heap=debug           | all=warning,gc=info
          -Xlog:gc+heap                 | all=warning,gc=info
          -Xlog:gc                      | all=warning,gc+heap=info
          -Xlog:gc=debug                | all=warning,gc=info
          -Xlog:gc*                     | all=warning,gc=info
          -Xlog:gc+heap=debug           | all=warning,gc*=debug,gc+heap=info
          -Xlog:gc*=debug               | all=warning,gc*=debug,gc+heap=info
          """)
  void anOptionOfWhichOnlyAPartIsLoggedIsNot(String option, String logged) {
    assertThat(running(logged).instead(option))
        .contains("it logs %s to standard output".formatted(logged));
  }

  private static OptionInForce running(String logged) {
    var log = "Log output configuration:\n #0: stdout %s uptime,level,tags".formatted(logged);
    return new OptionInForce(JvmFlags.read("JDK 25.0.1", FLAG, log).orElseThrow());
  }
}
