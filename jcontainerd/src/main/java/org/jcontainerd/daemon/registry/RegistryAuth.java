package org.jcontainerd.daemon.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Who a caller is to a registry. Immutable; never printed.
 *
 * <p>Sent only to the registry of the image's name (and its token service), and to no host that a
 * redirect or a descriptor's url names.
 */
public sealed interface RegistryAuth {
  /** User and password, for Basic and for token services. */
  record Password(String user, String password) implements RegistryAuth {
    @Override
    public String toString() {
      return "Password[user=" + user + "]";
    }
  }

  /** A refresh token for the token service (OAuth2). */
  record IdentityToken(String token) implements RegistryAuth {
    @Override
    public String toString() {
      return "IdentityToken[]";
    }
  }

  /** A bearer token that the registry takes as it is. */
  record RegistryToken(String token) implements RegistryAuth {
    @Override
    public String toString() {
      return "RegistryToken[]";
    }
  }

  /**
   * Reads the {@code auth} field of Docker's config.json and of CRI: base64 of {@code
   * user:password}.
   *
   * @throws IllegalArgumentException if it is not that; the message does not repeat it
   */
  static RegistryAuth ofBasic(String auth) {
    // some writers pad with NUL bytes
    var text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("registry auth has no colon between user and password");
    }
    return new Password(text.substring(0, colon), text.substring(colon + 1).replaceAll("\0+$", ""));
  }
}
