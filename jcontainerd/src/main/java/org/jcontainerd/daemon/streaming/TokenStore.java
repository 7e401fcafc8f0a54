package org.jcontainerd.daemon.streaming;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What waits behind the URLs that were handed out and not used yet. A token serves once and lives a
 * minute, as kubelet's own streaming cache does. Thread-safe.
 */
final class TokenStore {
  static final int LIMIT = 1000;
  static final Duration LIFETIME = Duration.ofMinutes(1);

  private record Entry(StreamRequest request, long expiresAtMillis) {}

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> entries = new LinkedHashMap<>(); // oldest first

  TokenStore(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * @return a token that is safe in a URL path
   */
  synchronized String put(StreamRequest request) {
    dropExpired();
    if (entries.size() >= LIMIT) {
      throw new StreamingEndpoints.TooManyRequests(LIMIT);
    }
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    entries.put(token, new Entry(request, clock.millis() + LIFETIME.toMillis()));
    return token;
  }

  /** The request behind {@code token}, once. */
  synchronized Optional<StreamRequest> take(String token) {
    dropExpired();
    return Optional.ofNullable(entries.remove(token)).map(Entry::request);
  }

  private void dropExpired() {
    long now = clock.millis();
    for (Iterator<Entry> oldest = entries.values().iterator(); oldest.hasNext(); ) {
      if (oldest.next().expiresAtMillis() > now) {
        return;
      }
      oldest.remove();
    }
  }
}
