package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.verdict.Layer;
import java.util.List;

/**
 * A rule that is in no preset, since a healthy program may well fulfil it for long: to be copied by
 * who knows that his does not.
 *
 * @param remark when it holds of a healthy program too
 */
public record Example(String name, Layer layer, String expression, int forWindows, String remark) {
  public static final List<Example> ALL =
      List.of(
          new Example(
              "alloc-free-ratio",
              Layer.RUNTIME,
              "alloc_free_ratio > 3.2 && live_heap_growth >= 0.05",
              3,
              "Much more is allocated than freed. So it is while any program warms up, and of one"
                  + " that collects less than a few times in a window."),
          new Example(
              "long-mark-termination",
              Layer.RUNTIME,
              "mark_termination > 0.003",
              3,
              "Collections end with long pauses. On a machine with more work than processors they"
                  + " do without a leak."),
          new Example(
              "live-objects",
              Layer.RUNTIME,
              "live_objects_growth_rate > 200.0 && collections >= 8.0",
              2,
              "Objects are gained. So they are until a cache has filled."),
          new Example(
              "fragmentation",
              Layer.RUNTIME,
              "heap_fragmentation > 0.22 && heap_sys > 256.0 * MB",
              3,
              "The heap holds empty spans that it has not given back. After a peak of load it does"
                  + " for some minutes."));
}
