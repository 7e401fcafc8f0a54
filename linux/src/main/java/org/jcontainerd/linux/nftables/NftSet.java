package org.jcontainerd.linux.nftables;

import java.util.Optional;

/**
 * A named set, or a map from keys to values or verdicts.
 *
 * @param key type of the keys
 * @param mapsTo type of the values; empty for a plain set
 */
public record NftSet(String name, Type key, Optional<Type> mapsTo) {
  /** A data type with the number by which {@code nft} knows it and the bytes it takes. */
  public enum Type {
    IPV4_ADDRESS(7, 4),
    IPV6_ADDRESS(8, 16),
    PROTOCOL(12, 1),
    PORT(13, 2),
    MARK(19, 4),

    /** {@code inet_proto . inet_service}; parts of a key are padded to four bytes. */
    PROTOCOL_AND_PORT(12 << 6 | 13, 8),

    /** A verdict; only as the value of a map. */
    VERDICT(0xffffff00, 0);

    private final int number;
    private final int size;

    Type(int number, int size) {
      this.number = number;
      this.size = size;
    }

    int number() {
      return number;
    }

    int size() {
      return size;
    }
  }

  /** An element: a key, and in a map its value. */
  public record Element(NftData key, Optional<NftData> value) {}

  /** A key of {@link Type#PROTOCOL_AND_PORT}. */
  public static NftData protocolAndPort(int protocol, int port) {
    return NftData.bytes(
        new byte[] {(byte) protocol, 0, 0, 0, (byte) (port >> 8), (byte) port, 0, 0});
  }
}
