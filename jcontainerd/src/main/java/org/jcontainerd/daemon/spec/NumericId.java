package org.jcontainerd.daemon.spec;

import java.util.Optional;

/** User and group ids in text: unsigned 32-bit decimal numbers and nothing else. */
final class NumericId {
  /** (uid_t) -1 means "unchanged" to the kernel, so it is no id. */
  static final long LARGEST = 0xffff_fffeL;

  private NumericId() {}

  /** Whether the text is digits alone: then it is a number, in range or not, and never a name. */
  static boolean looksNumeric(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** The id; empty if it is not digits alone or out of range. */
  static Optional<Long> parse(String text) {
    if (!looksNumeric(text) || text.length() > 10) {
      return Optional.empty();
    }
    long value = Long.parseLong(text);
    return value <= LARGEST ? Optional.of(value) : Optional.empty();
  }
}
