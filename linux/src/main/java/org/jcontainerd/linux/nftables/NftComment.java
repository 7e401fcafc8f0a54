package org.jcontainerd.linux.nftables;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Comments as {@code nft} keeps them in the user data of tables, chains and rules: type 0, length,
 * text with a NUL (libnftnl/udata.h).
 */
final class NftComment {
  private static final int COMMENT = 0;

  /** {@code nft} refuses longer ones. */
  private static final int LONGEST = 128;

  private NftComment() {}

  static byte[] encode(String comment) {
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    if (text.length > LONGEST) {
      throw new IllegalArgumentException(
          "comment of %d bytes, at most %d: '%s'".formatted(text.length, LONGEST, comment));
    }
    byte[] data = new byte[text.length + 3];
    data[0] = COMMENT;
    data[1] = (byte) (text.length + 1);
    System.arraycopy(text, 0, data, 2, text.length);
    return data;
  }

  /** The comment among the user data, or "". */
  static String decode(byte[] data) {
    for (int at = 0; at + 2 <= data.length; at += 2 + (data[at + 1] & 0xff)) {
      int end = at + 2 + (data[at + 1] & 0xff);
      if (end > data.length) {
        return "";
      }
      if (data[at] == COMMENT) {
        byte[] text = Arrays.copyOfRange(data, at + 2, end);
        int length = text.length > 0 && text[text.length - 1] == 0 ? text.length - 1 : text.length;
        return new String(text, 0, length, StandardCharsets.UTF_8);
      }
    }
    return "";
  }
}
