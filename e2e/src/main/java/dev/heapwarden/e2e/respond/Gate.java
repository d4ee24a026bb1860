package dev.heapwarden.e2e.respond;

/** Stands on the way of each write that reaches the API server. */
interface Gate {
  Gate OPEN =
      new Gate() {
        @Override
        public boolean before(Write write) {
          return true;
        }

        @Override
        public void after(Write write) {}
      };

  /** Whether it goes on to the API server. */
  boolean before(Write write) throws InterruptedException;

  /** It was carried out, and nobody has been told yet. */
  void after(Write write);
}
