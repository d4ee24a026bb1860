package dev.heapwarden.crds.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmOptionsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx512m",
        "-XX:MaxHeapSize=1073741824",
        "-XX:MaxGCPauseMillis=150",
        "-XX:G1HeapRegionSize=4M",
        "-XX:MaxRAMPercentage=60",
        "-XX:+UseZGC",
        "-XX:-UseStringDeduplication",
        "-XX:NativeMemoryTracking=summary",
        "-Xlog:gc",
        "-Xlog:gc+heap*=debug:stdout",
        "-Xlog:stringdedup*=debug"
      })
  void anOptionThatTunesMemoryMayBeSet(String option) {
    assertThat(JvmOptions.isAllowed(option)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-javaagent:/tmp/a.jar",
        "-agentlib:jdwp=transport=dt_socket,server=y",
        "-XX:OnError=reboot",
        "-XX:Flags=/tmp/flags",
        "-XX:HeapDumpPath=/tmp",
        "-Xlog:gc:/tmp/gc.log",
        "-Xlog:gc*:file=gc.log",
        "-Xlog:all=trace",
        "@arguments",
        "-Xmx64m -javaagent:/tmp/a.jar",
        "-Xmx64m\n-javaagent:/tmp/a.jar",
        "-Xmx64m\n",
        "-Xmx'64m'",
        "-Xmx0",
        "-XX:G1HeapRegionSize=3m",
        "-XX:MaxRAMPercentage=101",
        "-XX:+UnlockExperimentalVMOptions",
        "-XX:+PrintStringDeduplicationStatistics",
        "-Dkey=value",
        ""
      })
  void whatLoadsCodeOrNamesAFileOrHidesAnotherOptionMayNot(String option) {
    assertThat(JvmOptions.isAllowed(option)).isFalse();
  }

  @Test
  void statisticsOfStringDeduplicationAreTwoOptionsAndNoneIsSetTwice() {
    assertThat(JvmOptions.of(new JvmSettings(List.of("-XX:+UseStringDeduplication"), true)))
        .containsExactly("-XX:+UseStringDeduplication", "-Xlog:stringdedup*=debug");
  }
}
