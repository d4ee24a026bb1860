package dev.heapwarden.probes.http;

import java.util.Map;

/**
 * How long and how often strangers may hold a connection to the JDK's HTTP server. It reads system
 * properties once, when the first server of the process is made (JDK 25,
 * jdk.httpserver/sun/net/httpserver/ServerConfig.java and ServerImpl.java). A property that is set
 * already stays.
 */
final class ServerLimits {
  private static final Map<String, String> PROPERTIES =
      Map.of(
          // From the first byte, the TLS handshake included, to the last of the question. Seconds:
          // the module's page says milliseconds, ServerImpl.getTimeMillis multiplies by 1,000.
          "sun.net.httpserver.maxReqTime", "10",
          // To the last byte of the answer, in seconds: 64 MiB at 220 KiB/s, a
          // heap dump of a GiB at 3.5 MiB/s.
          "sun.net.httpserver.maxRspTime", "300",
          // Without a word between two questions, in seconds; before the first maxReqTime counts.
          "sun.net.httpserver.idleInterval", "30",
          // How often idle connections are looked at, in milliseconds.
          "sun.net.httpserver.clockTick", "1000",
          // Connections to one server: some tens of KiB each, of a heap that is small.
          "jdk.httpserver.maxConnections", "256");

  private ServerLimits() {}

  /** To be called before a server is made. */
  static void set() {
    PROPERTIES.forEach((name, value) -> System.setProperty(name, System.getProperty(name, value)));
  }
}
