/**
 * What a process's C and C++ code is made of: the files it is mapped from, the allocator among
 * them, and names for addresses. It reads files only, none of them longer than it must.
 */
@NullMarked
package dev.heapwarden.probes.nativecode;

import org.jspecify.annotations.NullMarked;
