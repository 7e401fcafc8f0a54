package org.jcontainerd.testing;

import java.time.Duration;

/**
 * How long tests wait at most for what must come. Where everything is slower, as on an emulated
 * processor, the system property {@code test.patience} is the factor.
 */
public final class Patience {
  private static final int FACTOR = Integer.getInteger("test.patience", 1);

  private Patience() {}

  /** The limit here, of what is {@code usual} on a processor. */
  public static Duration of(Duration usual) {
    return usual.multipliedBy(FACTOR);
  }
}
