package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.MapInstance;

/** The entries of one map, at each of its growths. */
record MapSeries(MapInstance map, Series growths) {}
