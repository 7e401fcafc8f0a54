package org.jcontainerd.linux.sys;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names as strings without loss. The kernel's names are bytes; those that are not UTF-8 become
 * lone surrogates, U+DC80 to U+DCFF for bytes 0x80 to 0xff (the way of Python's PEP 383), and back.
 */
public final class FileNames {
  private static final int ESCAPE = 0xDC00;

  private FileNames() {}

  public static byte[] encode(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return hasEscape(name) ? encodeEscaped(name) : utf8;
  }

  public static String decode(byte[] name) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(name))
          .toString();
    } catch (CharacterCodingException e) {
      return decodeEscaped(name); // the case that this class is for
    }
  }

  private static boolean hasEscape(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isEscape(name, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEscape(String name, int i) {
    char c = name.charAt(i);
    return c >= ESCAPE + 0x80
        && c <= ESCAPE + 0xFF
        && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
  }

  private static byte[] encodeEscaped(String name) {
    var out = new ByteArrayOutputStream();
    int start = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i == name.length() || isEscape(name, i)) {
        out.writeBytes(name.substring(start, i).getBytes(StandardCharsets.UTF_8));
        if (i < name.length()) {
          out.write(name.charAt(i) - ESCAPE);
        }
        start = i + 1;
      }
    }
    return out.toByteArray();
  }

  private static String decodeEscaped(byte[] name) {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    var in = ByteBuffer.wrap(name);
    var out = CharBuffer.allocate(name.length + 1);
    while (in.hasRemaining()) {
      var result = decoder.reset().decode(in, out, true);
      if (result.isError()) {
        for (int i = 0; i < result.length(); i++) {
          out.put((char) (ESCAPE + (in.get() & 0xFF)));
        }
      }
    }
    return out.flip().toString();
  }
}
