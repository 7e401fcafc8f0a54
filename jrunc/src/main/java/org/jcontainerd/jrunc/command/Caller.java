package org.jcontainerd.jrunc.command;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.HostFile;

/** Who runs this program: its effective ids. */
record Caller(int uid, int gid) {
  /** The owner of {@code /proc/self}, proc(5). */
  static Caller get() throws LinuxException {
    try (Fd self = HostFile.directory(Path.of("/proc/self"))) {
      FileStat stat = FileStat.of(self);
      return new Caller(stat.uid(), stat.gid());
    }
  }
}
