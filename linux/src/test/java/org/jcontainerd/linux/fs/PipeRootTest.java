package org.jcontainerd.linux.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class PipeRootTest {
  @TempDir Path directory;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void splice_pipeToMemfdToPipe_movesAllAndTellsTheEnd() throws IOException {
    try (Pipe in = Pipe.create();
        Pipe out = Pipe.create();
        Fd spool = Memfd.create("spool")) {
      assertEquals(OptionalLong.empty(), Pipe.splice(in.readEnd(), spool, 100));
      in.writeEnd().writeFully(bytes("hello world"));
      assertEquals(11, Pipe.available(in.readEnd()));
      assertEquals(OptionalLong.of(11), Pipe.splice(in.readEnd(), -1, spool, 5, 100));
      assertEquals(16, FileRange.size(spool));
      assertEquals(OptionalLong.of(5), Pipe.splice(spool, 11, out.writeEnd(), -1, 5));
      out.writeEnd().close();
      assertEquals("world", KernelFile.read(out.readEnd()));
      in.writeEnd().close();
      assertEquals(OptionalLong.of(0), Pipe.splice(in.readEnd(), spool, 100));
    }
  }

  @Test
  void enlarge_pipe_tellsTheNewCapacity() throws IOException {
    try (Pipe pipe = Pipe.create()) {
      assertEquals(65536, Pipe.capacity(pipe.readEnd()));
      assertEquals(1 << 20, Pipe.enlarge(pipe.readEnd(), 1 << 20));
      assertEquals(1 << 20, Pipe.capacity(pipe.writeEnd()));
      Fd file = HostFile.open(Path.of("/dev/null"));
      try (file) {
        LinuxException e = assertThrows(LinuxException.class, () -> Pipe.enlarge(file, 4096));
        assertEquals(Errno.EBADF, e.errno());
      }
    }
  }

  @Test
  void nonBlocking_emptyAndFull_isZeroAndEndIsMinusOne() throws IOException {
    try (Pipe pipe = Pipe.create()) {
      pipe.readEnd().setNonBlocking(true);
      pipe.writeEnd().setNonBlocking(true);
      assertEquals(0, pipe.readEnd().read(ByteBuffer.allocate(1)));
      ByteBuffer chunk = ByteBuffer.allocateDirect(65536);
      assertEquals(65536, pipe.writeEnd().write(chunk));
      assertEquals(0, pipe.writeEnd().write(chunk.clear()));
      assertEquals(
          Errno.EAGAIN,
          assertThrows(LinuxException.class, () -> pipe.writeEnd().writeFully(chunk)).errno());
      assertEquals(65536, pipe.readEnd().read(chunk.clear()));
      pipe.writeEnd().close();
      assertEquals(-1, pipe.readEnd().read(chunk.clear()));
    }
  }

  @Test
  void sealedMemfd_cannotBeWritten() throws IOException {
    try (Fd fd = Memfd.sealed("x", bytes("content"), false);
        Fd open = Memfd.create("y")) {
      assertTrue(Memfd.isSealed(fd));
      assertFalse(Memfd.isSealed(open));
      assertEquals(
          Errno.EPERM,
          assertThrows(LinuxException.class, () -> FileRange.writeFully(fd, bytes("no"), 0))
              .errno());
      assertThrows(LinuxException.class, () -> FileRange.truncate(fd, 0));
      ByteBuffer read = ByteBuffer.allocate(20);
      assertEquals(7, FileRange.read(fd, read, 0));
      assertEquals(-1, FileRange.read(fd, read, 7));
    }
  }

  @Test
  void fd_closedTwiceAndUsedAfter_isToldByName() throws IOException {
    Fd fd = Memfd.create("z");
    Fd copy = fd.duplicate(500);
    assertTrue(copy.number() >= 500);
    copy.close();
    int number = fd.number();
    assertEquals("fd " + number + " (memfd 'z')", fd.toString());
    fd.close();
    fd.close();
    IllegalStateException e = assertThrows(IllegalStateException.class, fd::number);
    assertEquals("closed fd (memfd 'z'): used after close", e.getMessage());
    Fd stolen = Fd.adopt(number + 400, "not ours");
    assertTrue(
        assertThrows(IllegalStateException.class, stolen::close).getMessage().contains("not ours"));
  }

  @Test
  void fileLock_secondOpenFile_isKeptOut() throws IOException {
    Path file = Files.createFile(directory.resolve("lock"));
    try (Fd one = HostFile.open(file, OpenFlag.READ_WRITE);
        Fd two = HostFile.open(file, OpenFlag.READ_WRITE)) {
      try (FileLock _ = FileLock.exclusive(one)) {
        assertTrue(FileLock.tryExclusive(two).isEmpty());
      }
      FileLock.tryExclusive(two).orElseThrow().close();
      try (FileLock _ = FileLock.shared(one);
          FileLock _ = FileLock.shared(two)) {
        assertTrue(FileLock.tryExclusive(one).isEmpty());
      }
    }
  }

  @Test
  void kernelFile_missingAndGone_areEmpty() throws IOException {
    assertTrue(KernelFile.readIfPresent(directory.resolve("none")).isEmpty());
    assertTrue(KernelFile.read(Path.of("/proc/self/status")).startsWith("Name:"));
    LinuxException e =
        assertThrows(
            LinuxException.class, () -> KernelFile.write(Path.of("/proc/sys/kernel/ostype"), "x"));
    assertTrue(e.getMessage().contains("/proc/sys/kernel/ostype"), e::getMessage);
  }

  @Test
  void fileSystemUsage_isWhatTheJdkSays() throws IOException {
    FileSystemUsage usage = FileSystemUsage.of(directory);
    assertEquals(Files.getFileStore(directory).getTotalSpace(), usage.totalBytes());
    assertTrue(usage.usedInodes() > 0);
    assertEquals(FileSystemUsage.PROC_SUPER_MAGIC, FileSystemUsage.of(Path.of("/proc")).magic());
  }
}
