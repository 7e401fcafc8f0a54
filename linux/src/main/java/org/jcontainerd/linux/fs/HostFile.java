package org.jcontainerd.linux.fs;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * Descriptors of files on the host, for calls and helpers that take one. Not for paths inside a
 * container's root. Thread-safe; the caller owns what is returned.
 */
public final class HostFile {
  private HostFile() {}

  /** A directory, opened to be read or to be the start of other paths. */
  public static Fd directory(Path path) throws LinuxException {
    return open(path, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY);
  }

  /** Only the place of a file ({@code O_PATH}): no permission on its content is needed or given. */
  public static Fd place(Path path) throws LinuxException {
    return open(path, FileCalls.O_PATH);
  }

  /** An existing file, to be read. */
  public static Fd reading(Path path) throws LinuxException {
    return open(path, FileCalls.O_RDONLY);
  }

  /** An existing file, to be written. */
  public static Fd writing(Path path) throws LinuxException {
    return open(path, FileCalls.O_WRONLY);
  }

  /** An existing file such as /dev/null, to be read and written. */
  public static Fd readingAndWriting(Path path) throws LinuxException {
    return open(path, FileCalls.O_RDWR);
  }

  private static Fd open(Path path, int flags) throws LinuxException {
    int all = flags | FileCalls.O_CLOEXEC | FileCalls.O_NOCTTY;
    return Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, path.toString(), all, 0), path.toString());
  }
}
