package dev.heapwarden.probes.http;

import com.sun.net.httpserver.HttpExchange;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for everyone who asks for an artefact, refused or not: who, from where, for what, and what
 * came of it. The logger adds when.
 */
final class DownloadLog {
  private static final Logger LOG = LoggerFactory.getLogger(DownloadLog.class);

  /** Names come from strangers: one of them stays one line. */
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** In place of a user whom nobody knows. */
  static final String NOBODY = "-";

  private final String user;
  private final String from;
  private final String namespace;
  private final String snapshot;
  private final String artifact;

  /**
   * @param user as the API server calls the caller
   */
  DownloadLog(
      HttpExchange exchange, String user, String namespace, String snapshot, String artifact) {
    this.user = printable(user);
    this.from = exchange.getRemoteAddress().getAddress().getHostAddress();
    this.namespace = printable(namespace);
    this.snapshot = printable(snapshot);
    this.artifact = printable(artifact);
  }

  /** Before the first byte leaves. */
  void read(long bytes) {
    LOG.info(
        "artefact is read user={} from={} namespace={} snapshot={} artefact={} bytes={}",
        user,
        from,
        namespace,
        snapshot,
        artifact,
        bytes);
  }

  void refused(int status) {
    LOG.info(
        "artefact is refused user={} from={} namespace={} snapshot={} artefact={} status={}",
        user,
        from,
        namespace,
        snapshot,
        artifact,
        status);
  }

  private static String printable(String name) {
    return CONTROL.matcher(name).replaceAll("?");
  }
}
