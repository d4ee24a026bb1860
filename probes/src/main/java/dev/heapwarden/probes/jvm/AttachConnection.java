package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One command and its answer, over the socket that a JVM listens on; the protocol's version 1. */
final class AttachConnection {
  private AttachConnection() {}

  /**
   * Sends a command.
   *
   * @throws JvmAttach.LateException when the answer has not ended at the deadline
   * @throws IOException when there is none, or it is an error
   */
  static <T> T ask(Held socket, String command, Duration deadline, JvmAttach.Reader<T> reader)
      throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      var late =
          CompletableFuture.runAsync(
              () -> close(channel),
              CompletableFuture.delayedExecutor(deadline.toMillis(), TimeUnit.MILLISECONDS));
      try {
        channel.connect(UnixDomainSocketAddress.of(socket.path()));
        send(channel, command);
        var answer = Channels.newInputStream(channel);
        checkResult(command, answer);
        return reader.read(answer);
      } catch (ClosedByInterruptException interrupted) {
        throw interrupted;
      } catch (ClosedChannelException _) {
        throw new JvmAttach.LateException(deadline);
      } finally {
        late.cancel(false);
      }
    }
  }

  /** Four strings: the protocol, the name of the operation, and three arguments of it. */
  private static void send(SocketChannel channel, String command) throws IOException {
    var request =
        ByteBuffer.wrap("1\0jcmd\0%s\0\0\0".formatted(command).getBytes(StandardCharsets.UTF_8));
    while (request.hasRemaining()) {
      channel.write(request);
    }
  }

  /** The answer begins with a line of its own: 0, or the number of an error. */
  private static void checkResult(String command, InputStream answer) throws IOException {
    var result = new StringBuilder();
    for (int next = answer.read(); next != '\n'; next = answer.read()) {
      if (next < 0 || result.length() > 10) {
        throw new IOException("the JVM did not answer " + command);
      }
      result.append((char) next);
    }
    if (!result.toString().equals("0")) {
      throw new IOException("the JVM refused %s with error %s".formatted(command, result));
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // It is closed for whoever reads from it.
    }
  }
}
