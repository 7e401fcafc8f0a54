package org.jcontainerd.linux.fs;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.DirectoryCalls;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * The root of a container, and the only way to open what lies inside. The kernel resolves every
 * path as if the process were chrooted there (openat2(2), RESOLVE_IN_ROOT): links that are absolute
 * or lead up stay inside, also while somebody changes the tree; magic links of procfs are refused.
 *
 * <p>Thread-safe; owned by whoever opened it. Linux 5.6.
 */
public final class RootDir implements AutoCloseable {
  private static final int RESOLVE =
      DirectoryCalls.RESOLVE_IN_ROOT | DirectoryCalls.RESOLVE_NO_MAGICLINKS;

  /** How often a lookup is repeated that a rename elsewhere has disturbed (EAGAIN, openat2(2)). */
  private static final int ATTEMPTS = 128;

  private final Fd fd;

  private RootDir(Fd fd) {
    this.fd = fd;
  }

  /** Opens the directory that holds a container's root. */
  public static RootDir open(Path directory) throws LinuxException {
    String path = directory.toString();
    int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    return new RootDir(Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path, flags, 0), path));
  }

  /** Takes over an open directory. */
  public static RootDir adopt(Fd fd) {
    return new RootDir(fd);
  }

  /** The descriptor, which stays owned by this object. */
  public Fd fd() {
    return fd;
  }

  /** Opens an existing file or directory, following links within the root. */
  public Fd open(ContainerPath path, OpenFlag... flags) throws LinuxException {
    return open(path, 0, flags);
  }

  /**
   * Opens or makes a file.
   *
   * @param permissions of a file that is made
   * @throws LinuxException ENOENT, ENOTDIR, ELOOP (also for a magic link), EEXIST
   */
  public Fd open(ContainerPath path, int permissions, OpenFlag... flags) throws LinuxException {
    int bits = OpenFlag.bits(flags);
    for (int attempt = 1; ; attempt++) {
      try {
        int n = DirectoryCalls.openat2(fd.number(), path.relative(), bits, permissions, RESOLVE);
        return Fd.adopt(n, fd.origin() + path);
      } catch (LinuxException e) {
        if (!e.is(Errno.EAGAIN, Errno.EINTR) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Opens a directory, following links within the root. */
  public Directory directory(ContainerPath path) throws LinuxException {
    return Directory.adopt(open(path, OpenFlag.DIRECTORY));
  }

  /** The directory in which {@code path} is an entry, to work on that entry by name. */
  public Directory parentOf(ContainerPath path) throws LinuxException {
    return directory(path.parent());
  }

  /** What a path leads to after all links; empty if nothing is there. */
  public Optional<FileStat> stat(ContainerPath path) throws LinuxException {
    try (Fd found = open(path, OpenFlag.PATH)) {
      return Optional.of(FileStat.of(found));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Opens a directory and makes those on the way that are missing, as {@code mkdir -p} inside the
   * root would; a link on the way is followed, and must lead to an existing directory.
   *
   * @param permissions of those that are made
   */
  public Directory makeDirectories(ContainerPath path, int permissions) throws LinuxException {
    try {
      return directory(path); // mostly it is there
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT) || path.isRoot()) {
        throw e;
      }
    }
    try (Directory parent = makeDirectories(path.parent(), permissions)) {
      parent.makeDirectory(path.name(), permissions);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) { // somebody else made it, or a link leads nowhere: ENOENT below
        throw e;
      }
    }
    return directory(path);
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return fd.toString();
  }
}
