package org.jcontainerd.linux.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class FileNamesTest {
  @Property
  void anyBytes_readBack(@ForAll("bytes") byte[] name) {
    assertArrayEquals(name, FileNames.encode(FileNames.decode(name)));
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    // half of the bytes from UTF-8's own ranges, so that sequences are nearly right
    Arbitrary<Byte> nearly =
        Arbitraries.of(
            (byte) 0xE2,
            (byte) 0x82,
            (byte) 0xAC,
            (byte) 0xF0,
            (byte) 0x9F,
            (byte) 0xED,
            (byte) 0xB2,
            (byte) 'a');
    return Arbitraries.oneOf(nearly, Arbitraries.bytes()).array(byte[].class).ofMaxSize(40);
  }

  @Property
  void anyProperText_isItsUtf8(@ForAll("texts") String text) {
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), FileNames.encode(text));
    assertEquals(text, FileNames.decode(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .ofMaxLength(30)
        .filter(s -> s.chars().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
  }

  @Test
  void latin1_becomesALoneSurrogate() {
    assertEquals("caf\uDCE9", FileNames.decode(new byte[] {'c', 'a', 'f', (byte) 0xE9}));
    assertEquals("😀", FileNames.decode("😀".getBytes(StandardCharsets.UTF_8)));
  }
}
