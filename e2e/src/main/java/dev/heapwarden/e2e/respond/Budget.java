package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.watch.Informers;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A PodDisruptionBudget of a shop's checkout, and how often fewer pods were healthy. */
final class Budget implements ResourceEventHandler<PodDisruptionBudget>, AutoCloseable {
  private final AtomicInteger below = new AtomicInteger();
  private final Informers<PodDisruptionBudget> watch;

  /** Of one pod at least. */
  Budget(Shop shop) {
    var budget =
        new PodDisruptionBudgetBuilder()
            .withNewMetadata()
            .withName("checkout")
            .withNamespace(shop.namespace())
            .endMetadata()
            .withNewSpec()
            .withMinAvailable(new IntOrString(1))
            .withNewSelector()
            .addToMatchLabels("app", "checkout")
            .endSelector()
            .endSpec()
            .build();
    shop.client().resource(budget).create();
    var budgets = shop.client().policy().v1().podDisruptionBudget().inNamespace(shop.namespace());
    Shop.within(Shop.SOON).until(() -> isHealthy(budgets.withName("checkout").get()));
    watch = Informers.start(List.of(budgets), this);
  }

  private static boolean isHealthy(PodDisruptionBudget budget) {
    var status = budget.getStatus();
    return status != null
        && status.getCurrentHealthy() != null
        && status.getDesiredHealthy() != null
        && status.getDesiredHealthy() > 0
        && status.getCurrentHealthy() >= status.getDesiredHealthy();
  }

  int below() {
    return below.get();
  }

  @Override
  public void onAdd(PodDisruptionBudget budget) {}

  @Override
  public void onUpdate(PodDisruptionBudget before, PodDisruptionBudget after) {
    if (isHealthy(before) && !isHealthy(after)) {
      below.incrementAndGet();
    }
  }

  @Override
  public void onDelete(PodDisruptionBudget budget, boolean finalStateUnknown) {}

  @Override
  public void close() {
    watch.close();
  }
}
