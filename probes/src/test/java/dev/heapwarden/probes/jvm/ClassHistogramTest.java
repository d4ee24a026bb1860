package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.heapwarden.probes.jvm.ClassHistogram.Count;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class ClassHistogramTest {
  /** As JDK 25 prints it. */
  private static final String TEXT =
      """
       num     #instances         #bytes  class name (module)
      -------------------------------------------------------
         1:          7402        5312816  [B (java.base@25.0.3)
         2:          6021         144504  Orders$OrderKey
         3:           900          43200  [LOrders$Order;
         4:           100          40000  [[J
         5:            12            576  com.shop.Cart (app//com.shop@1.2)
         6:             3             96  Orders$OrderKey
      Total         14438        5541192
      """;

  @Test
  void instancesAreCountedByClassAndPlatformIsToldFromApplication() throws IOException {
    var classes = ClassHistogram.read(new BufferedReader(new StringReader(TEXT))).classes();

    assertThat(classes)
        .containsOnly(
            entry("[B", new Count(7402, 5312816, true)),
            entry("Orders$OrderKey", new Count(6024, 144600, false)),
            entry("[LOrders$Order;", new Count(900, 43200, false)),
            entry("[[J", new Count(100, 40000, true)),
            entry("com.shop.Cart", new Count(12, 576, false)));
  }
}
