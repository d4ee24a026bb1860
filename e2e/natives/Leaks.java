import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Keeps buffers outside the heap, at an even pace. */
public final class Leaks {
  private static final List<ByteBuffer> KEPT = new ArrayList<>();

  private static final int SIZE = 32 << 10;

  public static void main(String[] arguments) throws InterruptedException {
    System.out.println("ready");
    for (; ; Thread.sleep(5)) {
      KEPT.add(ByteBuffer.allocateDirect(SIZE));
    }
  }
}
