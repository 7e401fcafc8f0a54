package org.jcontainerd.linux.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.linux.terminal.Terminal.Pty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class TerminalRootTest {
  private static String read(Fd fd) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1000);
    int n = fd.read(buffer);
    return new String(buffer.array(), 0, Math.max(n, 0), StandardCharsets.UTF_8);
  }

  private static void type(Fd fd, String text) throws IOException {
    fd.writeFully(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** stty(1) is the other opinion on size and modes. */
  private static String stty(Fd slave, String... arguments) throws IOException {
    try (org.jcontainerd.linux.fs.Pipe pipe = org.jcontainerd.linux.fs.Pipe.create()) {
      var argv = new java.util.ArrayList<>(List.of("stty"));
      argv.addAll(List.of(arguments));
      try (PidFd child =
          Spawn.program(Path.of("/bin/stty"))
              .arguments(argv)
              .descriptor(0, slave)
              .descriptor(1, pipe.writeEnd())
              .start()) {
        pipe.writeEnd().close();
        String text = org.jcontainerd.linux.fs.KernelFile.read(pipe.readEnd());
        assertEquals(new ExitStatus.Exited(0), child.waitFor());
        return text;
      }
    }
  }

  @Test
  void resize_isSeenOnTheOtherSide() throws IOException {
    try (Pty pty = Terminal.open()) {
      assertTrue(Terminal.isTerminal(pty.master()));
      Terminal.resize(pty.master(), new TerminalSize(132, 43));
      assertEquals(new TerminalSize(132, 43), Terminal.size(pty.slave()));
      assertEquals("43 132\n", stty(pty.slave(), "size"));
      assertEquals("/dev/pts/" + Terminal.index(pty.master()), pty.slave().origin());
    }
    assertThrows(IllegalArgumentException.class, () -> new TerminalSize(65536, 1));
  }

  @Test
  void raw_passesEverythingAndCloseRestores() throws IOException {
    try (Pty pty = Terminal.open()) {
      String before = stty(pty.slave(), "-g");
      try (Terminal.Saved _ = Terminal.raw(pty.slave())) {
        type(pty.master(), "\u0003\r");
        assertEquals("\u0003\r", read(pty.slave()));
        String raw = stty(pty.slave(), "-g");
        var _ = stty(pty.slave(), "sane");
        var _ = stty(pty.slave(), "raw", "-echo", "-echonl", "-iexten");
        assertFalse(raw.equals(before));
        assertTrue(stty(pty.slave(), "-a").contains("-icanon"));
      }
      assertEquals(before, stty(pty.slave(), "-g"));
      type(pty.slave(), "x\n");
      assertEquals("x\r\n", read(pty.master()));
      Terminal.keepNewlines(pty.slave());
      type(pty.slave(), "x\n");
      assertEquals("x\n", read(pty.master()));
    }
  }

  @Test
  void isTerminal_file_isNone() throws IOException {
    try (Fd fd = Memfd.create("m")) {
      assertFalse(Terminal.isTerminal(fd));
    }
  }
}
