package org.jcontainerd.linux.fs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * Small files whose content the kernel makes up: procfs, sysfs, cgroupfs. Their size is unknown, a
 * write is one write(2), and the errno of either says what the kernel thinks. Bytes are taken as
 * ISO 8859-1, so that nothing is lost.
 */
public final class KernelFile {
  private static final int CHUNK = 4096;

  private KernelFile() {}

  /**
   * The whole content.
   *
   * @throws LinuxException ENOENT if there is no such file, ESRCH, ENODEV if its object has gone
   */
  public static String read(Path file) throws LinuxException {
    String path = file.toString();
    int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC | FileCalls.O_NOCTTY;
    try (Fd fd = Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0), path)) {
      return read(fd);
    }
  }

  /** As {@link #read}; empty if the file, or the process or cgroup that it tells of, is gone. */
  public static Optional<String> readIfPresent(Path file) throws LinuxException {
    try {
      return Optional.of(read(file));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT, Errno.ESRCH, Errno.ENODEV)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** What is left to read of an open file. */
  public static String read(Fd fd) throws LinuxException {
    var out = new ByteArrayOutputStream(CHUNK);
    var chunk = ByteBuffer.allocate(CHUNK);
    while (fd.read(chunk.clear()) > 0) {
      out.write(chunk.array(), 0, chunk.position());
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes {@code text} in one call; does not create the file.
   *
   * @throws LinuxException with the path in its cause if the kernel refuses the value
   */
  public static void write(Path file, String text) throws LinuxException {
    String path = file.toString();
    int flags = FileCalls.O_WRONLY | FileCalls.O_CLOEXEC | FileCalls.O_NOCTTY;
    try (Fd fd = Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0), path)) {
      var _ = fd.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (LinuxException e) {
      if (!e.syscall().equals("write")) {
        throw e;
      }
      var named = new LinuxException(e.errno(), "write", path, text);
      named.initCause(e);
      throw named;
    }
  }
}
