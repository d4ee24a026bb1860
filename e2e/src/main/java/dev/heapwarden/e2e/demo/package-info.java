/**
 * The demo: the main job on real input, with a timeline as it unfolds and a last line that says
 * what truly happened.
 */
@NullMarked
package dev.heapwarden.e2e.demo;

import org.jspecify.annotations.NullMarked;
