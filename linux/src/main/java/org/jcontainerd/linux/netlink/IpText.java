package org.jcontainerd.linux.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;

/** IP addresses as text: RFC 5952 for IPv6, which {@link InetAddress} does not write. */
public final class IpText {
  private IpText() {}

  /**
   * Reads a literal; an IPv4-mapped IPv6 address is an IPv4 address.
   *
   * @throws IllegalArgumentException if it is none; names are never looked up
   */
  public static InetAddress parse(String text) {
    try {
      if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
        throw new IllegalArgumentException("scope or brackets");
      }
      InetAddress address = InetAddress.ofLiteral(text);
      if (address instanceof Inet4Address && !fourNumbers(text)) {
        throw new IllegalArgumentException("short IPv4 form");
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not an IP address", e);
    }
  }

  /** Whether {@code 10.1} and other forms of fewer than four numbers are kept out. */
  private static boolean fourNumbers(String text) {
    String last = text.substring(text.lastIndexOf(':') + 1);
    return last.chars().filter(c -> c == '.').count() == 3 || text.indexOf(':') >= 0;
  }

  /** Writes an address: {@code 10.1.0.5}, {@code fd00::5}. */
  public static String format(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? dotted(bytes) : colons(bytes);
  }

  private static String dotted(byte[] b) {
    return (b[0] & 0xff) + "." + (b[1] & 0xff) + "." + (b[2] & 0xff) + "." + (b[3] & 0xff);
  }

  private static String colons(byte[] bytes) {
    int[] words = new int[8];
    for (int i = 0; i < 8; i++) {
      words[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int zeroStart = -1;
    int zeroLength = 1; // a single zero word is not shortened, RFC 5952 section 4.2.2
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && words[end] == 0) {
        end++;
      }
      if (end - i > zeroLength) {
        zeroStart = i;
        zeroLength = end - i;
      }
    }
    var text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == zeroStart) {
        text.append("::");
        i += zeroLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(words[i]));
    }
    return text.toString();
  }
}
