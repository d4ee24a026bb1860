package dev.heapwarden.e2e.cluster;

/** {@code e2e/cluster up|down|status|kubeconfig}. */
public final class ClusterMain {
  private ClusterMain() {}

  /** Exits with 1 if the cluster is not there, with 2 if the command is not one. */
  public static void main(String[] arguments) {
    switch (arguments.length == 1 ? arguments[0] : "") {
      case "up" -> {
        System.err.println("cluster: " + DevelopmentCluster.up());
        System.out.println("export KUBECONFIG=" + DevelopmentCluster.kubeconfig());
      }
      case "down" -> System.err.println("cluster: " + DevelopmentCluster.down());
      case "status" -> {
        var running = DevelopmentCluster.running();
        System.out.println(
            running.map(node -> node.getImage() + ", " + node.getStatus()).orElse("not running"));
        if (running.isEmpty()) {
          System.exit(1);
        }
      }
      case "kubeconfig" -> System.out.println(DevelopmentCluster.kubeconfig());
      default -> {
        System.err.println("usage: e2e/cluster up|down|status|kubeconfig");
        System.exit(2);
      }
    }
  }
}
