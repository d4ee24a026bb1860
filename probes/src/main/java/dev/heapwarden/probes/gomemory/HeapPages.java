package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;

/**
 * The memory of a process by pages, some of which are kept: objects that were allocated together
 * lie together. No page is read but those that are asked for, so that none comes to be in memory
 * that was not.
 */
final class HeapPages {
  /** Of x86-64. */
  static final int BYTES = 4096;

  static final int WORDS = BYTES / Long.BYTES;

  /** 4 MiB. */
  private static final int KEPT = 1024;

  private static final int SHIFT = Integer.numberOfTrailingZeros(BYTES);

  private final ProcessMemory memory;
  private final long[] numbers = new long[KEPT];
  private final long[][] pages = new long[KEPT][];
  private final long[] nothing = new long[WORDS];
  private boolean cut;

  HeapPages(ProcessMemory memory) {
    this.memory = memory;
  }

  /** The words of the page that an address lies in; zeros where they cannot be read. */
  long[] of(long address) {
    long number = address >>> SHIFT;
    int place = (int) (number % KEPT);
    if (pages[place] == null || numbers[place] != number) {
      var page = pages[place] == null ? new long[WORDS] : pages[place];
      // Whatever becomes of it: it no longer is what it was.
      numbers[place] = 0;
      pages[place] = page;
      try {
        memory.read(number << SHIFT, BYTES).asLongBuffer().get(page);
      } catch (MemoryException _) {
        cut |= memory.exhausted();
        return nothing;
      }
      numbers[place] = number;
    }
    return pages[place];
  }

  /** At an address that is a multiple of eight. */
  long word(long address) {
    return of(address)[index(address)];
  }

  static int index(long address) {
    return (int) (address & (BYTES - 1)) / Long.BYTES;
  }

  /** Whether a limit of reads was reached, so that words are missing. */
  boolean cut() {
    return cut;
  }
}
