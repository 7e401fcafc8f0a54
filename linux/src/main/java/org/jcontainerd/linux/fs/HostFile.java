package org.jcontainerd.linux.fs;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.FileCalls;

/**
 * Descriptors of files on the host, for calls and helpers that take one. Not for paths inside a
 * container's root. Thread-safe; the caller owns what is returned.
 */
public final class HostFile {
  private HostFile() {}

  /** A directory, opened to be read or to be the start of other paths. */
  public static Fd directory(Path path) throws LinuxException {
    return openExisting(path, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY);
  }

  /** Only the place of a file ({@code O_PATH}): no permission on its content is needed or given. */
  public static Fd place(Path path) throws LinuxException {
    return openExisting(path, FileCalls.O_PATH);
  }

  /** An existing file, to be read. */
  public static Fd reading(Path path) throws LinuxException {
    return openExisting(path, FileCalls.O_RDONLY);
  }

  /** An existing file, to be written. */
  public static Fd writing(Path path) throws LinuxException {
    return openExisting(path, FileCalls.O_WRONLY);
  }

  /** An existing file such as /dev/null, to be read and written. */
  public static Fd readingAndWriting(Path path) throws LinuxException {
    return openExisting(path, FileCalls.O_RDWR);
  }

  /** A file opened in any way that {@link OpenFlag} can say. */
  public static Fd open(Path path, OpenFlag... flags) throws LinuxException {
    return open(path, 0, flags);
  }

  /** As {@link #open(Path, OpenFlag...)}, with the permissions of a file that is made. */
  public static Fd open(Path path, int permissions, OpenFlag... flags) throws LinuxException {
    return openat(path, OpenFlag.bits(flags), permissions);
  }

  private static Fd openExisting(Path path, int flags) throws LinuxException {
    return openat(path, flags | FileCalls.O_CLOEXEC | FileCalls.O_NOCTTY, 0);
  }

  private static Fd openat(Path path, int flags, int permissions) throws LinuxException {
    String text = path.toString();
    return Fd.adopt(
        Retry.onInterrupt(() -> FileCalls.openat(FileCalls.AT_FDCWD, text, flags, permissions)),
        text);
  }
}
