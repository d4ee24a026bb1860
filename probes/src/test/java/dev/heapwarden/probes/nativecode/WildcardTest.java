package dev.heapwarden.probes.nativecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WildcardTest {
  @Test
  void aPatternLetsNoOtherFunctionIn() {
    var pattern = new Wildcard("mmap");
    List.of("mmap", "mremap", "munmap", "mmap64", "__mmap").forEach(pattern::meet);

    assertThat(pattern.pattern()).contains("mm*ap");
  }

  @Test
  void whereEveryPatternWouldThereIsNone() {
    var pattern = new Wildcard("free");
    List.of("f_ree", "fr_ee", "fre_e").forEach(pattern::meet);

    assertThat(pattern.pattern()).isEmpty();
  }
}
