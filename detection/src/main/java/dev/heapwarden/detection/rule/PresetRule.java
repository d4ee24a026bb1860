package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Witness;
import java.util.Optional;

/**
 * A rule that comes with Heapwarden. Its expression may be copied into a policy; only as a preset
 * is it a witness.
 *
 * @param witness that it speaks as; empty for a rule that only raises a suspicion
 * @param supports CEL that holds when the witness speaks for a leak
 * @param confirms CEL that holds when the witness is good for Confirmed too: what it saw is no
 *     cache that fills and no load that comes and goes; empty where its support is enough
 * @param contradicts CEL that holds when the witness speaks against one; empty where its silence
 *     means nothing
 * @param forWindows disjoint windows in a row in which {@code supports} must hold
 */
public record PresetRule(
    String name,
    Layer layer,
    Optional<Witness.Kind> witness,
    String supports,
    String confirms,
    String contradicts,
    int forWindows) {}
