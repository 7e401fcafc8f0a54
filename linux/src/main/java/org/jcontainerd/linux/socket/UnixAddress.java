package org.jcontainerd.linux.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.FileNames;
import org.jcontainerd.linux.sys.SocketCalls;

/**
 * The address of a socket, in the file system or abstract (unix(7)). {@code sun_path} has 108
 * bytes; a longer path is reached through a descriptor of its directory, {@code
 * /proc/self/fd/N/name}. Confined to one call.
 */
final class UnixAddress implements AutoCloseable {
  /** {@code sizeof(sun_path)} of linux/un.h, with the final NUL. */
  static final int SUN_PATH = 108;

  private final byte[] bytes;
  private final Fd[] directory;

  private UnixAddress(byte[] bytes, Fd... directory) {
    this.bytes = bytes;
    this.directory = directory;
  }

  /**
   * @throws LinuxException ENAMETOOLONG if even the last name does not fit (about 90 bytes), ENOENT
   *     if the directory of a long path is missing
   */
  static UnixAddress of(Path path) throws LinuxException {
    byte[] whole = FileNames.encode(path.toString());
    if (whole.length < SUN_PATH) {
      return new UnixAddress(sockaddr(whole));
    }
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new LinuxException(Errno.EINVAL, "sockaddr_un", path);
    }
    int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    Fd directory =
        Fd.adopt(
            FileCalls.openat(FileCalls.AT_FDCWD, parent.toString(), flags, 0), parent.toString());
    byte[] shorter = FileNames.encode(directory.path() + "/" + name);
    if (shorter.length >= SUN_PATH) {
      directory.close();
      throw new LinuxException(Errno.ENAMETOOLONG, "sockaddr_un", path.toString());
    }
    return new UnixAddress(sockaddr(shorter), directory);
  }

  /**
   * A name that is in no file system, but in the network namespace.
   *
   * @param name without the NUL that it begins with there
   * @throws LinuxException ENAMETOOLONG if it has more than 107 bytes
   */
  static UnixAddress ofAbstract(String name) throws LinuxException {
    byte[] encoded = FileNames.encode(name);
    if (encoded.length >= SUN_PATH) {
      throw new LinuxException(Errno.ENAMETOOLONG, "sockaddr_un", "@" + name);
    }
    return new UnixAddress(
        ByteBuffer.allocate(2 + 1 + encoded.length)
            .order(ByteOrder.nativeOrder())
            .putShort((short) SocketCalls.AF_UNIX)
            .put((byte) 0)
            .put(encoded)
            .array());
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public void close() {
    for (Fd fd : directory) {
      fd.close();
    }
  }

  private static byte[] sockaddr(byte[] path) {
    return ByteBuffer.allocate(2 + path.length + 1)
        .order(ByteOrder.nativeOrder())
        .putShort((short) SocketCalls.AF_UNIX)
        .put(path)
        .array();
  }
}
