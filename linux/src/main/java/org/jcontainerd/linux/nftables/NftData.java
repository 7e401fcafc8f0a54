package org.jcontainerd.linux.nftables;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jcontainerd.linux.netlink.MessageWriter;

/** A value in a register, or a verdict. Bytes are as they stand in the packet or the register. */
public sealed interface NftData {
  /** linux/netfilter/nf_tables.h. */
  int NFTA_DATA_VALUE = 1;

  /** linux/netfilter/nf_tables.h. */
  int NFTA_DATA_VERDICT = 2;

  /** Bytes, written as hexadecimal digits. */
  record Value(String hex) implements NftData {}

  /** A verdict. */
  record Decision(NftVerdict verdict) implements NftData {}

  /** These bytes. */
  static NftData bytes(byte[] value) {
    return new Value(HexFormat.of().formatHex(value));
  }

  /** An address, in network order. */
  static NftData address(InetAddress address) {
    return bytes(address.getAddress());
  }

  /** A port, in network order. */
  static NftData port(int port) {
    return bytes(new byte[] {(byte) (port >> 8), (byte) port});
  }

  /** One byte. */
  static NftData octet(int value) {
    return bytes(new byte[] {(byte) value});
  }

  /** A number in host order, as the kernel keeps marks, states and address types in registers. */
  static NftData number(int value) {
    return bytes(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  /** Writes the value as a nested attribute of that type. */
  default void write(MessageWriter w, int attribute) {
    switch (this) {
      case Value(String hex) ->
          w.nest(attribute, n -> n.bytes(NFTA_DATA_VALUE, HexFormat.of().parseHex(hex)));
      case Decision(NftVerdict verdict) ->
          w.nest(attribute, n -> n.nest(NFTA_DATA_VERDICT, verdict::write));
    }
  }
}
