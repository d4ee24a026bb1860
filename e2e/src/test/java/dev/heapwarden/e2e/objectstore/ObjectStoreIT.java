package dev.heapwarden.e2e.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.heapwarden.probes.objectstore.Bucket;
import dev.heapwarden.probes.objectstore.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class ObjectStoreIT {
  private static final String OBJECT = "shop/s1/uid/heap.pb.gz";

  @TempDir Path directory;
  private S3Server server;
  private Path bucket;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    server = new S3Server(directory);
    bucket = server.bucket("evidence");
    file = random(100_000);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anObjectIsWhatTheFileIs() throws Exception {
    try (var store = store("evidence", S3Server.SECRET)) {
      assertThat(store.put(OBJECT, file, sha256(file))).hasToString("s3://evidence/east/" + OBJECT);
    }

    assertThat(object()).hasSameBinaryContentAs(file);
  }

  @Test
  void anObjectThatIsNotWhatItShouldBeIsRefusedAndNotThere() throws Exception {
    var other = random(10);

    try (var store = store("evidence", S3Server.SECRET)) {
      assertThatIOException()
          .isThrownBy(() -> store.put(OBJECT, file, sha256(other)))
          .withMessageContaining("(HTTP 400)");
    }
    assertThat(object()).doesNotExist();
  }

  @Test
  void theStoresOwnReasonIsTold() {
    try (var store = store("evidence", "another-secret")) {
      assertThatIOException()
          .isThrownBy(() -> store.put(OBJECT, file, sha256(file)))
          .withMessage("SignatureDoesNotMatch (HTTP 403)");
    }
    try (var store = store("absent", S3Server.SECRET)) {
      assertThatIOException()
          .isThrownBy(() -> store.put(OBJECT, file, sha256(file)))
          .withMessage("NoSuchBucket (HTTP 404)");
    }
  }

  @Test
  void aStoreThatIsDownIsSaidToBeAndTakesItLater() throws Exception {
    server.kill();

    try (var store = store("evidence", S3Server.SECRET)) {
      assertThatIOException()
          .isThrownBy(() -> store.put(OBJECT, file, sha256(file)))
          .withMessage("ConnectException: Connection refused");
      server.restart();
      store.put(OBJECT, file, sha256(file));
    }
    assertThat(object()).hasSameBinaryContentAs(file);
  }

  @Test
  void aStoreThatIsKilledMeanwhileHasAllOfItOrNothing() throws Exception {
    var large = random(256 << 20);
    var sha256 = sha256(large);

    try (var store = store("evidence", S3Server.SECRET)) {
      var put =
          CompletableFuture.runAsync(
              () -> {
                try {
                  store.put(OBJECT, large, sha256);
                } catch (IOException _) {
                  // Killed before it was whole.
                }
              });
      server.kill();
      put.join();
    }

    if (Files.exists(object())) {
      assertThat(object()).hasSameBinaryContentAs(large);
    }
  }

  private ObjectStore store(String name, String secret) {
    return new ObjectStore(
        new Bucket(Optional.of(server.address()), "us-east-1", name, "east/"),
        StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.KEY, secret)));
  }

  private Path object() {
    return bucket.resolve("east").resolve(OBJECT);
  }

  private Path random(int size) throws IOException {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return Files.write(Files.createTempFile(directory, "artefact", null), bytes);
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
