package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.distribution.ImageName;

/**
 * Requests for one repository to one endpoint: authorization, redirects, and patience with a server
 * that is busy. Thread-safe.
 */
final class EndpointRequests {
  private static final int REDIRECTS = 10;
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int ERROR_LIMIT = 64 * 1024;

  private final HttpTransport http;
  private final RegistryEndpoint endpoint;
  private final ImageName name;
  private final Authorizer authorizer;

  EndpointRequests(
      HttpTransport http, RegistryEndpoint endpoint, ImageName name, Optional<RegistryAuth> auth) {
    this.http = http;
    this.endpoint = endpoint;
    this.name = name;
    this.authorizer = new Authorizer(http, endpoint, name.repository(), auth);
  }

  RegistryEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Gets something of the repository; the caller closes the body.
   *
   * @param path after the repository's name, with a slash
   * @return an answer with status 200 or 206
   * @throws EndpointException for any other answer
   */
  HttpResponse<HttpBody> get(String path, Map<String, String> headers)
      throws IOException, InterruptedException {
    var pause = FIRST_PAUSE;
    boolean authorized = false;
    for (int attempt = 1; ; attempt++) {
      var used = authorizer.authorization();
      var response = follow(uri(path), headers, used);
      int status = response.statusCode();
      if (status == 200 || status == 206) {
        return response;
      }
      try (var body = response.body()) {
        if (status == 401 && !authorized) {
          authorized = true;
          if (authorizer.answer(response.headers().allValues("WWW-Authenticate"), used)) {
            continue;
          }
        }
        if (!isBusy(status) || attempt == ATTEMPTS) {
          throw failure(status, body);
        }
      }
      pause = pause(response, pause);
    }
  }

  private static boolean isBusy(int status) {
    return status == 408 || status == 429 || status >= 500 && status != 501;
  }

  /** Waits as long as the server asks, within reason, and longer each time. */
  private static Duration pause(HttpResponse<HttpBody> response, Duration pause)
      throws InterruptedException {
    var asked = response.headers().firstValue("Retry-After").orElse("");
    var wait = asked.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(asked)) : pause;
    Thread.sleep(wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait);
    return pause.multipliedBy(3);
  }

  private static EndpointException failure(int status, HttpBody body) throws IOException {
    var kind =
        switch (status) {
          case 401, 403 -> EndpointException.Kind.UNAUTHORIZED;
          case 404 -> EndpointException.Kind.NOT_FOUND;
          default -> EndpointException.Kind.UNAVAILABLE;
        };
    byte[] text;
    try {
      text = body.readAll(ERROR_LIMIT);
    } catch (EndpointException tooLong) {
      text = new byte[0]; // the status says enough
    }
    return new EndpointException(kind, AnswerText.of(status, text));
  }

  private URI uri(String path) {
    // "ns" tells a mirror which registry it stands for
    var query = endpoint.mirror() ? "?ns=" + name.registry() : "";
    return URI.create(endpoint.base() + "/" + name.repository() + path + query);
  }

  /**
   * Follows redirects. Credentials and configured headers go to the endpoint's own scheme, host and
   * port alone (CVE-2020-15157), and nothing goes from TLS to plain HTTP.
   */
  private HttpResponse<HttpBody> follow(
      URI first, Map<String, String> headers, Optional<String> authorization)
      throws IOException, InterruptedException {
    var uri = first;
    for (int redirects = 0; redirects <= REDIRECTS; redirects++) {
      var all = new LinkedHashMap<>(headers);
      if (isHome(uri)) {
        endpoint.headers().forEach((key, values) -> all.put(key, String.join(", ", values)));
        authorization.ifPresent(value -> all.put("Authorization", value));
      }
      var response = http.send(endpoint, uri, "GET", all, "");
      var location = response.headers().firstValue("Location");
      if (response.statusCode() / 100 != 3 || location.isEmpty()) {
        return response;
      }
      response.body().close();
      uri = target(uri, location.get());
    }
    throw new EndpointException(
        EndpointException.Kind.UNAVAILABLE, "more than " + REDIRECTS + " redirects");
  }

  private boolean isHome(URI uri) {
    return uri.getScheme().equals(endpoint.base().getScheme())
        && uri.getAuthority().equals(endpoint.base().getAuthority());
  }

  private static URI target(URI from, String location) throws EndpointException {
    try {
      var to = from.resolve(new URI(location));
      var scheme = String.valueOf(to.getScheme());
      boolean safe =
          scheme.equals("https") || (scheme.equals("http") && from.getScheme().equals("http"));
      if (to.getHost() == null || !safe) {
        throw new EndpointException(
            EndpointException.Kind.MALFORMED, "redirects from '" + from + "' to '" + to + "'");
      }
      return to;
    } catch (URISyntaxException e) {
      throw new EndpointException(
          EndpointException.Kind.MALFORMED, "redirects to '" + location + "'", e);
    }
  }
}
