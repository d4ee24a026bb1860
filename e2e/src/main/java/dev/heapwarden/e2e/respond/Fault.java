package dev.heapwarden.e2e.respond;

/** What an API server does on its worst day. */
enum Fault {
  CONFLICT(409, "Conflict"),
  GONE(410, "Expired"),
  TOO_MANY(429, "TooManyRequests"),
  INTERNAL(500, "InternalError"),
  UNAVAILABLE(503, "ServiceUnavailable"),
  /** Carried out, and answered with an error. */
  ANSWER_LOST(500, "InternalError"),
  /** Carried out, and the connection is closed without an answer. */
  CONNECTION_LOST(0, ""),
  SLOW(0, ""),
  /** The watch ends in the middle. */
  WATCH_DROPPED(0, ""),
  /** The watch tells everything late, and ends while something is still untold. */
  WATCH_STALE(0, "");

  final int code;
  final String reason;

  Fault(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }
}
