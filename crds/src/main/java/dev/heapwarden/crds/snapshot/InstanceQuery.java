package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Which instances InstanceSample looks for. */
public record InstanceQuery(
    @Required
        @Size(min = 1, max = InstanceQuery.LENGTH)
        @Pattern(InstanceQuery.CLASS_NAME)
        @JsonPropertyDescription(
            "Name of the class as the JVM prints it, such as com.shop.Orders$OrderKey. No array.")
        String className,
    @Default("5")
        @Min(1)
        @Max(50)
        @JsonPropertyDescription("How many of them, spread evenly over the heap.")
        Integer limit) {
  /**
   * Words of letters, digits, _ and $ with points between. JLS 3.8 lets a name have other currency
   * signs, connecting punctuation and combining marks too: such a class is not looked for.
   */
  public static final String CLASS_NAME =
      "^[\\p{L}_$][\\p{L}\\p{N}_$]*([.][\\p{L}_$][\\p{L}\\p{N}_$]*)*$";

  public static final int LENGTH = 512;
  public static final int LIMIT = 5;

  public InstanceQuery {
    limit = limit == null ? LIMIT : limit;
  }
}
