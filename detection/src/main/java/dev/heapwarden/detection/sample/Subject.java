package dev.heapwarden.detection.sample;

/** A part of a process's memory that a sample speaks of. */
public sealed interface Subject permits MapInstance, JavaClass {}
