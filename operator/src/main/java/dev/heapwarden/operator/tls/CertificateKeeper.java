package dev.heapwarden.operator.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the agents' certificates while this operator leads. */
public final class CertificateKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

  /** Three reads; a Secret that somebody deleted is back after this time. */
  private static final Duration PACE = Duration.ofSeconds(10);

  private final AgentCertificates certificates;
  private final Consumer<List<X509Certificate>> onChange;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificates").factory());
  private List<X509Certificate> known = List.of();

  /**
   * @param onChange told the authorities to trust, whenever they are others than before
   */
  public CertificateKeeper(
      AgentCertificates certificates, Consumer<List<X509Certificate>> onChange) {
    this.certificates = certificates;
    this.onChange = onChange;
  }

  public void start() {
    var _ = looks.scheduleWithFixedDelay(this::look, 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      var trusted = certificates.ensure();
      if (!trusted.equals(known)) {
        onChange.accept(trusted);
        known = trusted;
      }
    } catch (RuntimeException e) {
      // The schedule ends with the first exception that escapes it.
      LOG.error("agents' certificates could not be looked after", e);
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
