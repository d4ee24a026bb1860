package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.JavaClass;

/** The instances of one class, at each count. */
record ClassSeries(JavaClass javaClass, Series counts) {}
