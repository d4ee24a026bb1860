package dev.heapwarden.probes.objectstore;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Writes objects to a bucket. One is there whole or not at all: it is sent in one request with its
 * length and its SHA-256, which the store compares. It is never read, listed or deleted: {@code
 * s3:PutObject} is the only right that is needed.
 */
public final class ObjectStore implements AutoCloseable {
  private static final Duration CONNECTION = Duration.ofSeconds(5);

  /** Without a byte. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** For a heap dump of a GiB, at 3.5 MiB/s. */
  private static final Duration UPLOAD = Duration.ofMinutes(5);

  private final Bucket bucket;
  private final S3Client client;

  /**
   * @param credentials such as those of a mounted file, or of the node's role
   */
  public ObjectStore(Bucket bucket, AwsCredentialsProvider credentials) {
    this.bucket = bucket;
    var builder =
        S3Client.builder()
            .region(Region.of(bucket.region()))
            .credentialsProvider(credentials)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECTION)
                    .socketTimeout(SILENCE))
            .overrideConfiguration(configuration -> configuration.apiCallTimeout(UPLOAD));
    bucket
        .endpoint()
        .ifPresent(
            // Only Amazon has a name in DNS for each bucket.
            endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
    client = builder.build();
  }

  /**
   * Copies a file; one of this key is replaced.
   *
   * @param key without the bucket's prefix
   * @param sha256 of the file, in hex
   * @return s3://BUCKET/KEY
   * @throws IOException with the reason, in the store's words, when it is not there afterwards
   */
  public URI put(String key, Path file, String sha256) throws IOException {
    var whole = bucket.prefix() + key;
    var checksum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    try {
      client.putObject(
          request -> request.bucket(bucket.name()).key(whole).checksumSHA256(checksum),
          RequestBody.fromFile(file));
    } catch (S3Exception refusal) {
      throw new IOException(reason(refusal), refusal);
    } catch (SdkException failure) {
      throw new IOException(reason(failure), failure);
    }
    return URI.create("s3://" + bucket.name() + "/" + whole);
  }

  private static String reason(S3Exception refusal) {
    var details = refusal.awsErrorDetails();
    return details == null || details.errorCode() == null
        ? "HTTP " + refusal.statusCode()
        : "%s (HTTP %d)".formatted(details.errorCode(), refusal.statusCode());
  }

  /** What is at the bottom of it: the layers above say only that something failed. */
  private static String reason(Throwable failure) {
    var cause = failure.getCause();
    return cause == null
        ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
        : reason(cause);
  }

  @Override
  public void close() {
    client.close();
  }
}
