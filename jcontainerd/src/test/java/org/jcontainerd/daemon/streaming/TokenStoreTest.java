package org.jcontainerd.daemon.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TokenStoreTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final TokenStore tokens = new TokenStore(now::get);
  private final StreamRequest request =
      new StreamRequest.Ports(port -> {
        throw new IOException("not dialled here");
      });

  @Test
  void take_twice_givesTheRequestOnce() {
    String token = tokens.put(request);
    assertEquals(Optional.of(request), tokens.take(token));
    assertEquals(Optional.empty(), tokens.take(token));
  }

  @Test
  void take_afterTheLifetime_givesNothing() {
    String token = tokens.put(request);
    now.set(now.get().plus(TokenStore.LIFETIME));
    assertEquals(Optional.empty(), tokens.take(token));
  }

  @Test
  void put_overTheLimit_fails_untilOldOnesExpire() {
    for (int i = 0; i < TokenStore.LIMIT; i++) {
      tokens.put(request);
    }
    assertThrows(StreamingEndpoints.TooManyRequests.class, () -> tokens.put(request));
    now.set(now.get().plus(TokenStore.LIFETIME));
    assertTrue(tokens.take(tokens.put(request)).isPresent());
  }
}
