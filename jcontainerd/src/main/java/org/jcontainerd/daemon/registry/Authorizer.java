package org.jcontainerd.daemon.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.distribution.TokenResponse;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/**
 * Answers an endpoint's challenges with one caller's credentials (distribution, "Token
 * Authentication"). Thread-safe; kept for one pull, so tokens live no longer than that.
 */
final class Authorizer {
  private static final int TOKEN_LIMIT = 1 << 20;
  private static final String CLIENT_ID = "jcontainerd";

  private final HttpTransport http;
  private final RegistryEndpoint endpoint;
  private final String scope;
  private final Optional<RegistryAuth> auth;
  private volatile Optional<String> authorization = Optional.empty();

  Authorizer(
      HttpTransport http,
      RegistryEndpoint endpoint,
      String repository,
      Optional<RegistryAuth> auth) {
    this.http = http;
    this.endpoint = endpoint;
    this.scope = "repository:" + repository + ":pull";
    this.auth = auth;
    if (auth.isPresent() && auth.get() instanceof RegistryAuth.RegistryToken(var token)) {
      authorization = Optional.of("Bearer " + token);
    }
  }

  /** The Authorization header to send, once there is one. */
  Optional<String> authorization() {
    return authorization;
  }

  /**
   * Finds the answer to a 401.
   *
   * @return false if there is nothing else to try than what was refused
   */
  boolean answer(List<String> challenges, Optional<String> refused)
      throws IOException, InterruptedException {
    if (!authorization.equals(refused)) {
      return true; // another request has got a new token meanwhile
    }
    for (var challenge : Challenge.parse(challenges)) {
      Optional<String> found =
          switch (challenge.scheme()) {
            case "bearer" -> Optional.of("Bearer " + token(challenge));
            case "basic" -> basic();
            default -> Optional.empty();
          };
      // the same Basic credentials would be refused again; a new token may have a new lifetime
      if (found.isPresent() && !found.equals(refused)) {
        authorization = found;
        return true;
      }
    }
    return false;
  }

  private Optional<String> basic() {
    return auth.flatMap(known ->
        known instanceof RegistryAuth.Password(var user, var password)
            ? Optional.of("Basic " + base64(user + ":" + password))
            : Optional.empty());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private String token(Challenge challenge) throws IOException, InterruptedException {
    var realm = realm(challenge);
    var service = challenge.parameter("service");
    var wanted = challenge.parameters().getOrDefault("scope", scope);
    if (auth.isPresent() && auth.get() instanceof RegistryAuth.IdentityToken(var refresh)) {
      var form = new LinkedHashMap<String, String>();
      form.put("grant_type", "refresh_token");
      form.put("service", service);
      form.put("client_id", CLIENT_ID);
      form.put("scope", wanted);
      form.put("refresh_token", refresh);
      return ask(realm, "POST", Map.of("Content-Type", "application/x-www-form-urlencoded"), form);
    }
    var query = new LinkedHashMap<String, String>();
    if (!service.isEmpty()) {
      query.put("service", service);
    }
    query.put("scope", wanted);
    var separator = realm.getRawQuery() == null ? "?" : "&";
    var uri = URI.create(realm + separator + encode(query));
    var headers = new LinkedHashMap<String, String>();
    basic().ifPresent(value -> headers.put("Authorization", value));
    return ask(uri, "GET", headers, Map.of());
  }

  /** The token service. A password goes there only if nobody on the way can read it. */
  private URI realm(Challenge challenge) throws EndpointException {
    try {
      var realm = new URI(challenge.parameter("realm"));
      var scheme = String.valueOf(realm.getScheme());
      boolean plainAllowed = endpoint.base().getScheme().equals("http");
      if (realm.getHost() != null
          && (scheme.equals("https") || (scheme.equals("http") && plainAllowed))) {
        return realm;
      }
    } catch (java.net.URISyntaxException malformed) {
      throw badRealm(challenge, malformed);
    }
    throw badRealm(challenge, new IOException("no http(s) url, or less safe than the registry"));
  }

  private static EndpointException badRealm(Challenge challenge, Exception cause) {
    return new EndpointException(
        EndpointException.Kind.MALFORMED,
        "token service '" + challenge.parameter("realm") + "': " + cause.getMessage(),
        cause);
  }

  private String ask(URI uri, String method, Map<String, String> headers, Map<String, String> form)
      throws IOException, InterruptedException {
    HttpResponse<HttpBody> response = http.send(endpoint, uri, method, headers, encode(form));
    try (var body = response.body()) {
      var answer = body.readAll(TOKEN_LIMIT);
      var where = uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
      if (response.statusCode() != 200) {
        var kind =
            response.statusCode() == 401 || response.statusCode() == 403
                ? EndpointException.Kind.UNAUTHORIZED
                : EndpointException.Kind.UNAVAILABLE;
        throw new EndpointException(
            kind, "token service '" + where + "': " + AnswerText.of(response.statusCode(), answer));
      }
      var token = OciJson.read(answer, TokenResponse.class).bearer();
      if (token.isEmpty()) {
        throw new EndpointException(
            EndpointException.Kind.MALFORMED, "token service '" + where + "': no token");
      }
      return token;
    } catch (JsonException e) {
      throw new EndpointException(
          EndpointException.Kind.MALFORMED, "token service: " + e.getMessage(), e);
    }
  }

  private static String encode(Map<String, String> parameters) {
    var text = new StringBuilder();
    parameters.forEach((name, value) ->
        text.append(text.isEmpty() ? "" : "&")
            .append(URLEncoder.encode(name, UTF_8))
            .append('=')
            .append(URLEncoder.encode(value, UTF_8)));
    return text.toString();
  }
}
