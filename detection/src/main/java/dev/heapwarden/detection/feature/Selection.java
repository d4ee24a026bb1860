package dev.heapwarden.detection.feature;

/**
 * Which value has which rank, without sorting the others (Hoare 1961, "Algorithm 65: Find"). Puts
 * the values that it is given in another order.
 */
final class Selection {
  private Selection() {}

  /** Of one value at least; between the two in the middle where their number is even. */
  static double median(double[] values) {
    int middle = values.length / 2;
    double upper = at(values, middle, 0, values.length - 1);
    if (values.length % 2 == 1) {
      return upper;
    }
    double lower = values[0];
    for (int i = 1; i < middle; i++) {
      lower = Math.max(lower, values[i]);
    }
    return (lower + upper) / 2;
  }

  /**
   * What would stand at this index if they were sorted; those before it are not larger then, nor
   * those behind it smaller.
   *
   * @param first where it can stand
   * @param last where it can stand, as those outside have been parted from those inside
   */
  static double at(double[] values, int index, int first, int last) {
    int from = first;
    int to = last;
    while (from < to) {
      double pivot = middle(values[from], values[(from + to) >>> 1], values[to]);
      int i = from;
      int j = to;
      while (i <= j) {
        while (values[i] < pivot) {
          i++;
        }
        while (values[j] > pivot) {
          j--;
        }
        if (i <= j) {
          double swapped = values[i];
          values[i++] = values[j];
          values[j--] = swapped;
        }
      }
      if (index <= j) {
        to = j;
      } else if (index >= i) {
        from = i;
      } else {
        return values[index];
      }
    }
    return values[index];
  }

  private static double middle(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
