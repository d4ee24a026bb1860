package dev.heapwarden.operator.collect;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.operator.tls.Credential;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An agent's server with a real certificate, at an address that is not in it. */
final class TlsAgent implements AutoCloseable {
  private final HttpsServer server;

  /** With a certificate as agents have it. */
  static TlsAgent certifiedBy(Credential authority, HttpHandler handler) throws Exception {
    return new TlsAgent(authority.issue(AgentAccess.SERVER_NAME, Instant.now()), handler);
  }

  TlsAgent(Credential credential, HttpHandler handler) throws Exception {
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "agent", credential.key(), new char[0], new Certificate[] {credential.certificate()});
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", handler);
    server.start();
  }

  /** A file with a token in it. */
  static AgentToken token(Path directory) throws Exception {
    return new AgentToken(Files.writeString(directory.resolve("token"), "s3cret\n"));
  }

  Agent agent() {
    return new Agent(
        "agent", "uid", "node", URI.create("https://127.0.0.1:" + server.getAddress().getPort()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
