package org.jcontainerd.linux.fs;

import java.time.Instant;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.PathCalls;
import org.jcontainerd.linux.sys.StatCalls;
import org.jcontainerd.linux.sys.StatCalls.Statx;
import org.jcontainerd.linux.sys.StatCalls.Timestamp;

/**
 * What the kernel tells about a file; see statx(2). Immutable.
 *
 * @param permissions the low 12 bits of the mode
 * @param links hard links
 * @param device the number of a device node, else 0:0
 * @param fileSystem the device of the file system that holds it
 * @param mountPoint whether something is mounted here and this is its root
 */
public record FileStat(
    FileType type,
    int permissions,
    int uid,
    int gid,
    long size,
    long allocatedBytes,
    int links,
    long inode,
    Instant accessed,
    Instant modified,
    Instant changed,
    DeviceNumber device,
    DeviceNumber fileSystem,
    boolean mountPoint) {

  /** Of an open file, whatever it was opened for. */
  public static FileStat of(Fd fd) throws LinuxException {
    return of(StatCalls.statx(fd.number(), "", PathCalls.AT_EMPTY_PATH));
  }

  static FileStat of(Statx s) {
    return new FileStat(
        FileType.of(s.mode()),
        s.mode() & 07777,
        s.uid(),
        s.gid(),
        s.size(),
        s.blocks() * 512,
        s.nlink(),
        s.ino(),
        instant(s.atime()),
        instant(s.mtime()),
        instant(s.ctime()),
        new DeviceNumber(s.rdevMajor(), s.rdevMinor()),
        new DeviceNumber(s.devMajor(), s.devMinor()),
        (s.attributes() & StatCalls.STATX_ATTR_MOUNT_ROOT) != 0);
  }

  private static Instant instant(Timestamp t) {
    return Instant.ofEpochSecond(t.tvSec(), t.tvNsec());
  }

  /** Whether both name the same file. */
  public boolean sameFile(FileStat other) {
    return inode == other.inode && fileSystem.equals(other.fileSystem);
  }

  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }
}
