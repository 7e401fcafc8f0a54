package org.jcontainerd.linux.fs;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.StatCalls;
import org.jcontainerd.linux.sys.StatCalls.Statfs;

/**
 * How full a file system is; see statfs(2).
 *
 * @param magic its type, {@code ..._MAGIC} of linux/magic.h
 * @param availableBytes free for users other than root
 */
public record FileSystemUsage(
    long magic,
    long totalBytes,
    long freeBytes,
    long availableBytes,
    long totalInodes,
    long freeInodes) {
  /** procfs. */
  public static final long PROC_SUPER_MAGIC = 0x9fa0;

  public static final long CGROUP2_SUPER_MAGIC = 0x63677270;
  public static final long TMPFS_MAGIC = 0x01021994;
  public static final long OVERLAYFS_SUPER_MAGIC = 0x794c7630;

  /** Of the file system that holds {@code path}. */
  public static FileSystemUsage of(Path path) throws LinuxException {
    return of(StatCalls.statfs(path.toString()));
  }

  /** Of the file system that holds an open file. */
  public static FileSystemUsage of(Fd fd) throws LinuxException {
    return of(StatCalls.fstatfs(fd.number()));
  }

  private static FileSystemUsage of(Statfs s) {
    return new FileSystemUsage(
        s.type(),
        s.blocks() * s.bsize(),
        s.bfree() * s.bsize(),
        s.bavail() * s.bsize(),
        s.files(),
        s.ffree());
  }

  public long usedBytes() {
    return totalBytes - freeBytes;
  }

  public long usedInodes() {
    return totalInodes - freeInodes;
  }
}
