package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.Mutations;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who listens where a JVM would is the container's: whatever it replies, the agent goes on. */
@Timeout(120)
@Tag(Mutations.HOSTILE)
class HostileAttachTest {
  private static final long SEED = 20260101;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration IMPATIENCE = Duration.ofMillis(300);

  /** Beginnings in place of the line that says 0. */
  private static final List<String> NASTY =
      List.of("", "\n", "0", "00\n", "0\r\n", "-1\n", "101\n", "\0\n", "0\0\n", "9".repeat(9_999));

  private static final String REPLY =
      """
      0
       num     #instances         #bytes  class name (module)
      -------------------------------------------------------
         1:          9714         712368  [B (java.base@25.0.3)
         2:          9302         223248  java.lang.String (java.base@25.0.3)
      Total         70921        3720152
      """;

  /** An answer of 4 MiB, and what is under way. */
  private static final long LONGEST = 8 << 20;

  private final AtomicLong taken = new AtomicLong();
  private final Random random = new Random(SEED);
  @TempDir private Path directory;
  private ServerSocketChannel server;
  private Path path;

  /** What it does to each that asks. */
  private interface Listener {
    void reply(SocketChannel asker) throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    path = directory.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), 64);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void whateverItRepliesIsReadOrRefused() throws IOException {
    var replies = new Object[Mutations.COUNT];
    Arrays.setAll(replies, _ -> mutated());
    int[] next = {0};
    listen(asker -> write(asker, (byte[]) replies[next[0]++]));
    int refused = 0;
    int understood = 0;
    for (int mutation = 0; mutation < Mutations.COUNT; mutation++) {
      try (var socket = Held.any(path)) {
        var counted =
            AttachConnection.ask(socket, "GC.class_histogram", PATIENCE, ClassHistogram::read);
        understood += counted.classes().size();
      } catch (IOException expected) {
        assertThat(expected.getMessage()).as("of mutation %d", mutation).hasSizeLessThan(100);
        refused++;
      } catch (RuntimeException escaped) {
        throw new AssertionError("mutation " + mutation, escaped);
      }
    }
    assertThat(refused).as("mutations that were seen").isGreaterThan(Mutations.COUNT / 50);
    assertThat(understood).as("classes that were read all the same").isPositive();
  }

  @Test
  void aLineThatNeverEndsIsReadNoFurtherThanAnAnswerMayBeLong() throws IOException {
    listen(
        asker -> {
          write(asker, "0\n".getBytes(StandardCharsets.UTF_8));
          flood(asker);
        });

    try (var socket = Held.any(path)) {
      assertThat(
              AttachConnection.ask(socket, "GC.class_histogram", PATIENCE, ClassHistogram::read)
                  .classes())
          .isEmpty();
    }
    assertThat(taken.get()).as("bytes that it could send").isLessThan(LONGEST);
  }

  @Test
  void aResultThatNeverEndsIsNoAnswer() throws IOException {
    listen(this::flood);

    try (var socket = Held.any(path)) {
      assertThatThrownBy(
              () -> AttachConnection.ask(socket, "VM.version", PATIENCE, InputStream::readAllBytes))
          .hasMessage("the JVM did not answer VM.version");
    }
  }

  @Test
  void whoRepliesAByteNowAndThenIsLate() throws IOException {
    listen(
        asker -> {
          write(asker, "0\n".getBytes(StandardCharsets.UTF_8));
          while (true) {
            write(asker, new byte[] {'a'});
            pause();
          }
        });

    try (var socket = Held.any(path)) {
      assertThatThrownBy(
              () ->
                  AttachConnection.ask(socket, "VM.version", IMPATIENCE, InputStream::readAllBytes))
          .isInstanceOf(JvmAttach.LateException.class);
    }
  }

  /** Until the test is over. */
  private void listen(Listener listener) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (server.isOpen()) {
                try (var asker = server.accept()) {
                  asker.read(ByteBuffer.allocate(1_024));
                  listener.reply(asker);
                } catch (IOException _) {
                  // It went away, or the test is over.
                }
              }
            });
  }

  /** As fast as they are taken. */
  private void flood(SocketChannel asker) throws IOException {
    var much = new byte[1 << 16];
    Arrays.fill(much, (byte) '1');
    while (true) {
      write(asker, much);
      taken.addAndGet(much.length);
    }
  }

  private static void write(SocketChannel asker, byte[] bytes) throws IOException {
    var left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      asker.write(left);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** Another beginning in one of four; cut off in one of eight. */
  private byte[] mutated() {
    var text =
        random.nextInt(4) == 0
            ? NASTY.get(random.nextInt(NASTY.size())) + REPLY.substring(2)
            : REPLY;
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int strike = random.nextInt(4); strike > 0; strike--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
