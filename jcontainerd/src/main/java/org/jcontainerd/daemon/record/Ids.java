package org.jcontainerd.daemon.record;

import java.security.SecureRandom;
import java.util.HexFormat;

/** New ids: 64 hex digits, as every tool of the field expects. Thread-safe. */
public final class Ids {
  private final SecureRandom random = new SecureRandom();

  public String next() {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Whether {@code text} has the form of an id; ids become parts of paths. */
  public static boolean isId(String text) {
    return text.length() == 64 && text.chars().allMatch(Ids::isHexDigit);
  }

  private static boolean isHexDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
}
