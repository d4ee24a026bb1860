package dev.heapwarden.crds.policy;

import java.util.List;

/** Types of Go that make suspicious keys of a map, as Go writes them in a map's type. */
public final class KeyTypes {
  /**
   * What lives as long as a request, a connection or a transaction, and time.Time, which is equal
   * to no other reading of the clock: such keys never come again, and whoever does not delete them
   * keeps them.
   */
  public static final List<String> SUSPICIOUS =
      List.of(
          "*http.Request",
          "*http.Response",
          "http.ResponseWriter",
          "context.Context",
          "*context.cancelCtx",
          "*context.timerCtx",
          "*context.valueCtx",
          "net.Conn",
          "*net.TCPConn",
          "*tls.Conn",
          "*sql.Conn",
          "*sql.Rows",
          "*sql.Tx",
          "*os.File",
          "time.Time");

  static final int COUNT = 50;
  static final int LENGTH = 200;

  private KeyTypes() {}

  /** Those of a policy, or {@link #SUSPICIOUS} where it names none. */
  public static List<String> of(Observe observe) {
    var named = observe.suspiciousKeyTypes();
    return named == null ? SUSPICIOUS : named;
  }
}
