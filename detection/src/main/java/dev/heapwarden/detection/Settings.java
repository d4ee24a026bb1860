package dev.heapwarden.detection;

import java.time.Duration;

/**
 * What a policy says about how to look.
 *
 * @param window over which rates are computed, positive
 * @param slide between two evaluations, positive, at most the window
 * @param trendHorizon how far back trends look, at least the window
 * @param warmUp age of a container before which nothing is said
 */
public record Settings(Duration window, Duration slide, Duration trendHorizon, Duration warmUp) {}
