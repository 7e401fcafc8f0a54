package org.jcontainerd.linux.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class FileRangeTest {
  @Test
  void punch_givesBlocksBackAndKeepsTheSize() throws Exception {
    try (var fd = Memfd.create("range")) {
      assertEquals(8192, FileRange.write(fd, ByteBuffer.wrap(new byte[8192]), 0));
      assertEquals(4, FileRange.write(fd, ByteBuffer.wrap(bytes("tail")), 8192));
      FileRange.punch(fd, 0, 8192);

      assertEquals(8196, FileRange.size(fd));
      var back = ByteBuffer.allocate(8);
      assertEquals(4, FileRange.read(fd, back, 8192));
      assertEquals("tail", new String(back.array(), 0, 4, StandardCharsets.UTF_8));
      assertEquals(-1, FileRange.read(fd, back, 8196));
      assertEquals(8196L, Files.size(fd.path()));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
