package dev.heapwarden.e2e.corpus;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.heapwarden.detection.verdict.Layer;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/**
 * A class of leaks.
 *
 * @param layer that holds the memory
 * @param causes that a verdict may name, as detection spells them
 * @param room what the leak has until the program fails, such as 50Mi
 */
public record LeakClass(
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_CASE_INSENSITIVE_VALUES) Layer layer,
    List<String> causes,
    String room) {
  public LeakClass {
    causes = List.copyOf(causes);
  }

  /** Bytes. */
  public double roomBytes() {
    return Quantity.getAmountInBytes(Quantity.parse(room)).doubleValue();
  }
}
