package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.daemon.registry.RegistryEndpoint.Tls;

/**
 * The HTTP clients of the daemon, one for each way to trust a server, made when first needed.
 * Thread-safe. Never follows redirects: who may see credentials is decided in {@link
 * RegistrySession}.
 */
public final class HttpTransport implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final String USER_AGENT = "jcontainerd/0.1";

  private final Map<Key, HttpClient> clients = new ConcurrentHashMap<>();
  private final ProxySelector proxies;
  private final Duration stall;

  private record Key(Tls tls, Duration dialTimeout) {}

  public HttpTransport() {
    this(STALL);
  }

  /**
   * @param stall how long a body may pause before it counts as broken
   */
  public HttpTransport(Duration stall) {
    this.stall = stall;
    this.proxies = EnvironmentProxies.of(System.getenv());
  }

  /** Sends a request; the body is still to come, and the caller closes it. */
  HttpResponse<HttpBody> send(
      RegistryEndpoint endpoint, URI uri, String method, Map<String, String> headers, String form)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER)
            .method(
                method,
                form.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(form));
    if (uri.getScheme().equals("http")) {
      // else the client offers an upgrade to HTTP/2 with every first request
      request.version(HttpClient.Version.HTTP_1_1);
    }
    request.header("User-Agent", USER_AGENT);
    headers.forEach(request::header);
    try {
      return client(endpoint).send(request.build(), _ -> new HttpBody(stall));
    } catch (IllegalArgumentException e) {
      // a header or url that the client refuses: it came from a file or from a server
      throw new EndpointException(
          EndpointException.Kind.MALFORMED, "request to '" + uri + "': " + e.getMessage(), e);
    }
  }

  private HttpClient client(RegistryEndpoint endpoint) throws IOException {
    var key = new Key(endpoint.tls(), endpoint.dialTimeout());
    var known = clients.get(key);
    if (known != null) {
      return known;
    }
    var builder =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(endpoint.dialTimeout())
            .proxy(proxies);
    TlsContext.apply(endpoint.tls(), builder);
    return clients.computeIfAbsent(key, _ -> builder.build());
  }

  /** Drops all connections. */
  @Override
  public void close() {
    clients.values().forEach(HttpClient::shutdownNow);
  }
}
