package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Pod;

/**
 * What a policy says that a container offers.
 *
 * @param pprof Go's net/http/pprof
 * @param metrics in Prometheus' text format
 * @param expvar Go's expvar
 */
public record Offers(Endpoint pprof, Endpoint metrics, Endpoint expvar) {
  private static final String PPROF = "/debug/pprof/";

  public static Offers none() {
    return pprof(new Endpoint.NotNamed());
  }

  /** Nothing but profiles. */
  public static Offers pprof(Endpoint pprof) {
    return new Offers(pprof, new Endpoint.NotNamed(), new Endpoint.NotNamed());
  }

  static Offers of(Pod pod, String container, MemoryPolicy policy) {
    var names = policy.getSpec().containers();
    var observe = policy.getSpec().observe();
    var pprof = observe.pprof();
    var metrics = observe.metrics();
    var expvar = observe.expvar();
    return new Offers(
        pprof == null
            ? new Endpoint.NotNamed()
            : Endpoint.of(pod, container, names, pprof.port(), PPROF),
        metrics == null
            ? new Endpoint.NotNamed()
            : Endpoint.of(pod, container, names, metrics.port(), metrics.path()),
        expvar == null
            ? new Endpoint.NotNamed()
            : Endpoint.of(pod, container, names, expvar.port(), expvar.path()));
  }
}
