package org.jcontainerd.linux.fs;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Retry;
import org.jcontainerd.linux.sys.DirectoryCalls;
import org.jcontainerd.linux.sys.DirectoryCalls.Dirent;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PathCalls;
import org.jcontainerd.linux.sys.StatCalls;

/**
 * An open directory, and what can be done to its entries by name. A name is one entry's: it never
 * contains a slash and is never followed if it is a symbolic link, so nothing here can reach
 * outside the directory. Thread-safe; owned by whoever opened it.
 */
public final class Directory implements AutoCloseable {
  private static final int DIRECTORY =
      FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;

  private final Fd fd;

  private Directory(Fd fd) {
    this.fd = fd;
  }

  /** Opens a directory of the host. */
  public static Directory open(Path path) throws LinuxException {
    String text = path.toString();
    int flags = FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    return new Directory(Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, text, flags, 0), text));
  }

  /** Takes over an open directory; opened with O_PATH it cannot be listed. */
  public static Directory adopt(Fd fd) {
    return new Directory(fd);
  }

  /** The descriptor, which stays owned by this object. */
  public Fd fd() {
    return fd;
  }

  /**
   * Opens a directory in this one.
   *
   * @throws LinuxException ENOENT, ENOTDIR (also for a symbolic link)
   */
  public Directory openDirectory(String name) throws LinuxException {
    return new Directory(open(name, DIRECTORY, 0));
  }

  /**
   * Opens an existing file for reading; ELOOP if it is a symbolic link. Does not wait for a fifo.
   */
  public Fd openFile(String name) throws LinuxException {
    return open(
        name,
        FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK | FileCalls.O_NOCTTY,
        0);
  }

  /** A handle on an entry of any type, symbolic links included, that cannot be read (O_PATH). */
  public Fd openPath(String name) throws LinuxException {
    return open(name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC, 0);
  }

  /**
   * Makes a file and opens it for writing.
   *
   * @throws LinuxException EEXIST if the name is taken, by whatever
   */
  public Fd createFile(String name, int permissions) throws LinuxException {
    int flags =
        FileCalls.O_WRONLY
            | FileCalls.O_CREAT
            | FileCalls.O_EXCL
            | FileCalls.O_NOFOLLOW
            | FileCalls.O_CLOEXEC;
    return open(name, flags, permissions);
  }

  private Fd open(String name, int flags, int mode) throws LinuxException {
    FileName.check(name);
    int n = Retry.onInterrupt(() -> FileCalls.openat(fd.number(), name, flags, mode));
    return Fd.adopt(n, fd.origin() + "/" + name);
  }

  /** EEXIST if the name is taken. */
  public void makeDirectory(String name, int permissions) throws LinuxException {
    PathCalls.mkdirat(fd.number(), FileName.check(name), permissions);
  }

  /** Makes a device, fifo, socket or empty regular file; EEXIST if the name is taken. */
  public void makeNode(String name, FileType type, int permissions, DeviceNumber device)
      throws LinuxException {
    PathCalls.mknodat(
        fd.number(),
        FileName.check(name),
        type.bits() | permissions,
        PathCalls.makedev(device.major(), device.minor()));
  }

  /** Makes a symbolic link; {@code target} is text that is not looked at. */
  public void makeSymbolicLink(String name, String target) throws LinuxException {
    PathCalls.symlinkat(target, fd.number(), FileName.check(name));
  }

  /**
   * Makes {@code name} a second name of {@code existing} in {@code from}; links are not followed.
   */
  public void makeHardLink(String name, Directory from, String existing) throws LinuxException {
    PathCalls.linkat(
        from.fd.number(), FileName.check(existing), fd.number(), FileName.check(name), 0);
  }

  /** The text of a symbolic link; EINVAL if it is none. */
  public String readSymbolicLink(String name) throws LinuxException {
    return PathCalls.readlinkat(fd.number(), FileName.check(name));
  }

  /** Moves an entry, replacing what has the new name if it can be replaced. */
  public void rename(String name, Directory to, String newName) throws LinuxException {
    PathCalls.renameat2(
        fd.number(), FileName.check(name), to.fd.number(), FileName.check(newName), 0);
  }

  /** As {@link #rename}; EEXIST if the new name is taken. */
  public void renameToNew(String name, Directory to, String newName) throws LinuxException {
    PathCalls.renameat2(
        fd.number(),
        FileName.check(name),
        to.fd.number(),
        FileName.check(newName),
        PathCalls.RENAME_NOREPLACE);
  }

  /** Removes a name that is not a directory's; whether it was there. EISDIR for a directory. */
  @CanIgnoreReturnValue
  public boolean remove(String name) throws LinuxException {
    return PathCalls.unlinkIfExists(fd.number(), FileName.check(name));
  }

  /** Removes an empty directory; whether it was there. ENOTEMPTY, ENOTDIR, EBUSY. */
  @CanIgnoreReturnValue
  public boolean removeDirectory(String name) throws LinuxException {
    try {
      PathCalls.unlinkat(fd.number(), FileName.check(name), PathCalls.AT_REMOVEDIR);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** What an entry is; empty if there is none. */
  public Optional<FileStat> stat(String name) throws LinuxException {
    try {
      return Optional.of(
          FileStat.of(
              StatCalls.statx(fd.number(), FileName.check(name), PathCalls.AT_SYMLINK_NOFOLLOW)));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The names of all entries, in the file system's order; needs a directory open for reading. */
  public List<String> list() throws LinuxException {
    return entries().stream().map(Dirent::dName).toList();
  }

  List<Dirent> entries() throws LinuxException {
    var _ = FileCalls.lseek(fd.number(), 0, 0);
    return DirectoryCalls.getdents64(fd.number());
  }

  /** Also of symbolic links themselves. Clears set-id bits: change the mode afterwards. */
  public void changeOwner(String name, int uid, int gid) throws LinuxException {
    PathCalls.fchownat(fd.number(), FileName.check(name), uid, gid, PathCalls.AT_SYMLINK_NOFOLLOW);
  }

  /**
   * Sets the low 12 bits of the mode.
   *
   * @throws LinuxException EOPNOTSUPP for a symbolic link, which has none of its own
   */
  public void changeMode(String name, int permissions) throws LinuxException {
    try {
      PathCalls.fchmodat2(
          fd.number(), FileName.check(name), permissions, PathCalls.AT_SYMLINK_NOFOLLOW);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOSYS)) {
        throw e;
      }
      try (Fd entry = openPath(name)) { // before Linux 6.6
        if (FileStat.of(entry).type() == FileType.SYMBOLIC_LINK) {
          throw new LinuxException(Errno.EOPNOTSUPP, "fchmodat2", fd, name);
        }
        PathCalls.fchmodat(FileCalls.AT_FDCWD, entry.path().toString(), permissions);
      }
    }
  }

  /** Sets both times, also of symbolic links themselves. */
  public void setTimes(String name, Instant accessed, Instant modified) throws LinuxException {
    PathCalls.utimensat(
        fd.number(),
        FileName.check(name),
        accessed.getEpochSecond(),
        accessed.getNano(),
        modified.getEpochSecond(),
        modified.getNano());
  }

  /** The extended attributes of an entry, which is not followed. */
  public ExtendedAttributes attributes(String name) {
    return new ExtendedAttributes(fd.path() + "/" + FileName.check(name));
  }

  /**
   * Removes an entry and everything below it, as {@link TreeRemoval} says; nothing to do: success.
   */
  public void removeTree(String name) throws LinuxException {
    new TreeRemoval(this).remove(FileName.check(name));
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
