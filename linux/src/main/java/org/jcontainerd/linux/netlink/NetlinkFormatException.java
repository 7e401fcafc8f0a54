package org.jcontainerd.linux.netlink;

import java.io.IOException;
import java.io.Serial;

/**
 * A netlink message or attribute whose lengths do not fit each other. Thrown instead of reading
 * past an end: a wrong length on either side must never be believed (compare CVE-2021-43784, where
 * a 16 bit length wrapped).
 */
public final class NetlinkFormatException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  NetlinkFormatException(String message) {
    super(message);
  }
}
