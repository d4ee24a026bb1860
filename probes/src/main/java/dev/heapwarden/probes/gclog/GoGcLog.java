package dev.heapwarden.probes.gclog;

/** What a Go program wrote of its collections so far: of each one line. */
final class GoGcLog implements Understanding<GoTrace> {
  private GoTrace latest = new GoTrace(0, 0, 0);

  @Override
  public Reading read(String text) {
    if (!GoTrace.isMeant(text)) {
      return Reading.FOREIGN;
    }
    var trace = GoTrace.parse(text);
    trace.ifPresent(read -> latest = read);
    return trace.isPresent() ? Reading.COLLECTED : Reading.UNKNOWN;
  }

  @Override
  public GoTrace told() {
    return latest;
  }
}
