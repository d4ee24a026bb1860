package dev.heapwarden.e2e.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Requests one after another on each of a few connections, as fast as they are answered. */
final class Load implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final InetSocketAddress address;
  private final byte[] request;
  private final CountDownLatch ended = new CountDownLatch(CONNECTIONS);
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final LinkedBlockingQueue<Long> latencies = new LinkedBlockingQueue<>();
  private volatile boolean stop;
  private volatile boolean paused;

  Load(InetSocketAddress address) {
    this.address = address;
    request =
        "GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
            .formatted(address.getHostString())
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < CONNECTIONS; i++) {
      Thread.ofPlatform().daemon().name("load-" + i).start(this::requests);
    }
  }

  /**
   * Nanoseconds of each request that was answered since the last call.
   *
   * @throws IOException when one was not
   */
  long[] taken() throws IOException {
    var failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    var taken = new ArrayList<Long>();
    latencies.drainTo(taken);
    return taken.stream().mapToLong(Long::longValue).toArray();
  }

  /** Leaves the machine to others for a while, from the next request on, or goes on. */
  void pause(boolean yes) {
    paused = yes;
  }

  @Override
  public void close() {
    stop = true;
    try {
      ended.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void requests() {
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      socket.connect(address);
      var answers = new BufferedInputStream(socket.getInputStream());
      while (!stop) {
        if (paused) {
          Thread.sleep(PAUSE);
          continue;
        }
        long began = System.nanoTime();
        socket.getOutputStream().write(request);
        read(answers);
        latencies.add(System.nanoTime() - began);
      }
    } catch (IOException unanswered) {
      failure.set(unanswered);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  /** One answer, whose length its head tells. */
  private static void read(InputStream answers) throws IOException {
    if (!line(answers).contains(" 200 ")) {
      throw new IOException("the server answers with an error");
    }
    int length = 0;
    for (var line = line(answers); !line.isEmpty(); line = line(answers)) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    answers.skipNBytes(length);
  }

  private static String line(InputStream answers) throws IOException {
    var line = new StringBuilder();
    for (int next = answers.read(); next != '\n'; next = answers.read()) {
      if (next < 0) {
        throw new EOFException("the server ended a connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
