package dev.heapwarden.probes.jvm;

import dev.heapwarden.detection.sample.Origin;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one source tells of a JVM at one moment; empty is what it does not tell.
 *
 * @param origin which source
 * @param oldUsed bytes in the old generation after the latest pause
 * @param oldLimit bytes that the old generation can grow to
 * @param oldCollections collections that clean the old generation, those included that nobody saw
 * @param pauseSeconds all pauses for collections so far
 * @param metaspaceUsed bytes
 * @param threads live ones
 * @param classes loaded ones
 */
public record JvmFigures(
    Origin origin,
    OptionalLong oldUsed,
    OptionalLong oldLimit,
    OptionalLong oldCollections,
    OptionalDouble pauseSeconds,
    OptionalLong metaspaceUsed,
    OptionalLong threads,
    OptionalLong classes) {}
