import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Holds as many MiB as it is told, in objects of 1,000 bytes, and then serves at port 8080. */
public final class Holds {
  private static final int BYTES = 1000;
  private static byte[][] kept = {};

  private Holds() {}

  public static void main(String[] mebibytes) throws IOException {
    kept = new byte[(int) ((Long.parseLong(mebibytes[0]) << 20) / BYTES)][];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = new byte[BYTES];
    }
    HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
    server.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }
}
