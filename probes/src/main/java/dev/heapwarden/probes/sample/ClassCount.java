package dev.heapwarden.probes.sample;

import dev.heapwarden.probes.jvm.ClassHistogram;
import java.time.Instant;

/** A histogram taken right after a young collection, so that it counts little garbage. */
public record ClassCount(Instant at, ClassHistogram histogram) {}
