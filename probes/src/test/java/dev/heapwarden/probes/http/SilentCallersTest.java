package dev.heapwarden.probes.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.access.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent in a process of its own: the JDK's server reads its limits once in a process. */
@Timeout(60)
@Order(0)
class SilentCallersTest {
  /** As a TLS handshake begins. */
  private static final byte[] HALF_A_RECORD = {0x16, 0x03, 0x01};

  private final List<Socket> silent = new ArrayList<>();
  @TempDir private Path directory;
  private HttpClient client;
  private Process agent;
  private int port;

  @BeforeEach
  void start() throws Exception {
    var certificates = new Certificates();
    for (var file : certificates.secret(2).entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
    client = HttpClient.newBuilder().sslContext(certificates.client()).build();
    agent =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ServedAgent.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    port = Integer.parseInt(agent.inputReader().readLine());
  }

  @AfterEach
  void stop() throws IOException {
    for (var socket : silent) {
      socket.close();
    }
    client.close();
    agent.destroyForcibly();
  }

  @Test
  void callersThatSayNothingKeepNobodyWaitingAndAreSentAway() throws Exception {
    for (int i = 0; i < 50; i++) {
      silent.add(call(new byte[0]));
      silent.add(call(HALF_A_RECORD));
    }

    assertThat(ask()).isEqualTo(401);
    for (var socket : silent) {
      assertThat(isSentAway(socket)).isTrue();
    }
    assertThat(ask()).isEqualTo(401);
  }

  @Test
  void howManyMayCallAtATimeIsLimited() throws Exception {
    for (int i = 0; i < 300; i++) {
      silent.add(call(new byte[0]));
    }

    // At once, those over the limit; the others have ten seconds.
    assertThat(isSentAway(silent.getLast())).isTrue();
    silent.getFirst().setSoTimeout(1_000);
    assertThat(isSentAway(silent.getFirst())).isFalse();
  }

  private Socket call(byte[] words) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(words);
    return socket;
  }

  /** Waits for the other side to close, as long as the socket waits for anything. */
  private static boolean isSentAway(Socket socket) throws IOException {
    try {
      // What it says before, such as a TLS alert, is no matter.
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketException reset) {
      return true;
    } catch (java.net.SocketTimeoutException stillOpen) {
      return false;
    }
  }

  private int ask() throws IOException, InterruptedException {
    var question =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/samples")).build();
    return client.send(question, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
