package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies as the environment names them: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code NO_PROXY}
 * (also in lower case), the way Go programs and curl read them. Immutable.
 */
final class EnvironmentProxies extends ProxySelector {
  private final Optional<URI> http;
  private final Optional<URI> https;
  private final List<String> direct;

  private EnvironmentProxies(Optional<URI> http, Optional<URI> https, List<String> direct) {
    this.http = http;
    this.https = https;
    this.direct = direct;
  }

  static EnvironmentProxies of(Map<String, String> environment) {
    var none = value(environment, "NO_PROXY").orElse("");
    return new EnvironmentProxies(
        value(environment, "HTTP_PROXY").map(EnvironmentProxies::uri),
        value(environment, "HTTPS_PROXY").map(EnvironmentProxies::uri),
        List.of(none.toLowerCase(Locale.ROOT).split("[,\\s]+")));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))))
        .filter(text -> !text.isBlank());
  }

  private static URI uri(String text) {
    return URI.create(text.contains("://") ? text : "http://" + text);
  }

  @Override
  public List<Proxy> select(URI uri) {
    var proxy = uri.getScheme().equals("https") ? https : http;
    var host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (proxy.isEmpty() || isDirect(host)) {
      return List.of(Proxy.NO_PROXY);
    }
    int port = proxy.get().getPort() < 0 ? 3128 : proxy.get().getPort();
    return List.of(
        new Proxy(
            Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.get().getHost(), port)));
  }

  private boolean isDirect(String host) {
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return true;
    }
    return direct.stream()
        .filter(entry -> !entry.isEmpty())
        .anyMatch(entry -> {
          var domain = entry.startsWith(".") ? entry.substring(1) : entry;
          return entry.equals("*") || host.equals(domain) || host.endsWith("." + domain);
        });
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException cause) {
    // the request fails with the same cause
  }
}
