package org.jcontainerd.linux.netlink;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address with the length of its network: {@code 10.1.0.5/16}. Immutable.
 *
 * @param address host bits are kept, see {@link #network}
 * @param length bits of the network, 0 to 32 or 128
 */
public record IpPrefix(InetAddress address, int length) {
  public IpPrefix {
    if (length < 0 || length > address.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "prefix length %d of address '%s'".formatted(length, IpText.format(address)));
    }
  }

  /**
   * Reads {@code 10.1.0.5/16}.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    try {
      if (slash < 0) {
        throw new IllegalArgumentException("no prefix length");
      }
      return new IpPrefix(
          IpText.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not an address in CIDR notation", e);
    }
  }

  /** The default route's destination of a family: {@code 0.0.0.0/0} or {@code ::/0}. */
  public static IpPrefix everything(boolean ipv4) {
    return parse(ipv4 ? "0.0.0.0/0" : "::/0");
  }

  /** Whether it is an IPv4 address. */
  public boolean ipv4() {
    return address instanceof Inet4Address;
  }

  /** The same prefix without host bits: {@code 10.1.0.0/16}. */
  public IpPrefix network() {
    byte[] bytes = address.getAddress();
    for (int bit = length; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new IpPrefix(of(bytes), length);
  }

  /** The last address of the network: the broadcast address in IPv4. */
  public InetAddress last() {
    byte[] bytes = address.getAddress();
    for (int bit = length; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] |= (byte) (0x80 >> (bit % 8));
    }
    return of(bytes);
  }

  /** Whether an address lies in the network; false for the other family. */
  public boolean contains(InetAddress other) {
    return other.getAddress().length == address.getAddress().length
        && new IpPrefix(other, length).network().equals(network());
  }

  /** The address {@code distance} further, which may be negative. */
  public static InetAddress step(InetAddress from, int distance) {
    byte[] bytes = from.getAddress();
    BigInteger moved = new BigInteger(1, bytes).add(BigInteger.valueOf(distance));
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < result.length; i++) {
      result[result.length - 1 - i] = moved.shiftRight(8 * i).byteValue();
    }
    return of(result);
  }

  /** Orders addresses of one family as numbers. */
  public static int compare(InetAddress a, InetAddress b) {
    return java.util.Arrays.compareUnsigned(a.getAddress(), b.getAddress());
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("address of " + bytes.length + " bytes", e);
    }
  }

  @Override
  public String toString() {
    return IpText.format(address) + "/" + length;
  }
}
