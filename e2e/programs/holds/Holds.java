import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

/** Serves, and holds as many megabytes as its argument says, in arrays of 1,000 bytes. */
public class Holds {
  static byte[][] kept;

  public static void main(String[] megabytes) throws Exception {
    kept = new byte[1000 * Integer.parseInt(megabytes[0])][];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = new byte[1000];
    }
    var server = HttpServer.create(new InetSocketAddress(8080), 0);
    server.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }
}
