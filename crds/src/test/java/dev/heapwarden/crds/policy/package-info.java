@NullMarked
package dev.heapwarden.crds.policy;

import org.jspecify.annotations.NullMarked;
