package org.jcontainerd.oci.distribution;

import org.jcontainerd.oci.json.Json;

/**
 * What an authorization service answers (Docker registry v2 token authentication).
 *
 * @param token the bearer token; some services send only {@code access_token}
 * @param expiresInSeconds lifetime; 0 if not said, which means 60
 */
public record TokenResponse(
    String token,
    @Json(name = "access_token") String accessToken,
    @Json(name = "expires_in") long expiresInSeconds) {
  /** The token to send; "" if the answer has none. */
  public String bearer() {
    return token.isEmpty() ? accessToken : token;
  }
}
