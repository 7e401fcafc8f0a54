package org.jcontainerd.linux.netns;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;

/** Opens network namespaces by path. */
public final class NamespaceFile {
  /** linux/nsfs.h: which kind of namespace a file is; other files answer ENOTTY. */
  private static final long NS_GET_NSTYPE = 0xb703;

  private NamespaceFile() {}

  /**
   * Opens the namespace at a path; it lives at least until the descriptor is closed.
   *
   * @return empty if there is no such file, or only the empty file on which a namespace was pinned
   */
  public static Optional<Fd> open(Path pin) throws LinuxException {
    String path = pin.toString();
    Fd fd;
    try {
      int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
      fd = Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0), path);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
    try {
      var _ = FileCalls.ioctl(fd.number(), NS_GET_NSTYPE, 0);
      return Optional.of(fd);
    } catch (LinuxException e) {
      fd.close();
      if (e.is(Errno.ENOTTY)) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
