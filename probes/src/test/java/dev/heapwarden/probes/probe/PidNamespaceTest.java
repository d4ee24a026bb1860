package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PidNamespaceTest {
  private static final String PROGRAM =
      """
      BEGIN { @t[7] = 1; }
      uprobe:/opt/pid/x:"main.pid"+6 /@t[pid] == 2/ { @gc[pid]++; }
      uprobe:/opt/pid/x:0x1f320,
      uprobe:/opt/pid/x:0x1f340 /pid == 7/ { @gc[pid]++; }
      uretprobe:/opt/pid/x:m*alloc { @r[pid]++; }
      rawtracepoint:page_fault_user /@t[pid]/ { @f[pid] = count(); }
      """;

  @Test
  void inTheKernelsFirstNamespaceAProgramStaysAsItIs() {
    assertThat(PidNamespace.FIRST.translate(PROGRAM)).isEqualTo(PROGRAM);
  }

  @Test
  void inANestedNamespaceTheIdThatTheAgentSeesIsReadAndPathsAndFunctionsStay() {
    var task = "curtask->group_leader->thread_pid->";
    var pid =
        "(%1$slevel >= 1 && %1$snumbers[1].ns->ns.inum == 4026532482 ? (uint64)%1$snumbers[1].nr : 0)"
            .formatted(task);
    assertThat(new PidNamespace(1, 4_026_532_482L).translate(PROGRAM))
        .isEqualTo(
            """
            BEGIN { @t[7] = 1; }
            uprobe:/opt/pid/x:"main.pid"+6 /@t[%1$s] == 2/ { @gc[%1$s]++; }
            uprobe:/opt/pid/x:0x1f320,
            uprobe:/opt/pid/x:0x1f340 /%1$s == 7/ { @gc[%1$s]++; }
            uretprobe:/opt/pid/x:m*alloc { @r[%1$s]++; }
            rawtracepoint:page_fault_user /@t[%1$s]/ { @f[%1$s] = count(); }
            """
                .formatted(pid));
  }
}
