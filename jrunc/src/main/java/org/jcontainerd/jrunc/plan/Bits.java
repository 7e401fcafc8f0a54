package org.jcontainerd.jrunc.plan;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes with value semantics: a BPF program, a mask; immutable. */
public final class Bits {
  private final byte[] bytes;

  private Bits(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies {@code bytes}. */
  public static Bits of(byte[] bytes) {
    return new Bits(bytes.clone());
  }

  /** A copy. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** The same bits, with zeros behind them up to a multiple of {@code bytes}. */
  Bits paddedTo(int bytes) {
    return new Bits(Arrays.copyOf(this.bytes, Math.ceilDiv(this.bytes.length, bytes) * bytes));
  }

  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bits that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length <= 32 ? HexFormat.of().formatHex(bytes) : bytes.length + " bytes";
  }
}
