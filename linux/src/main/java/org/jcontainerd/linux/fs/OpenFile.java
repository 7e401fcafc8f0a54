package org.jcontainerd.linux.fs;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;

/** The former name of {@link HostFile#open}; goes when its last two callers have moved. */
public final class OpenFile {
  private OpenFile() {}

  /** See {@link HostFile#open(Path, OpenFlag...)}. */
  public static Fd open(Path path, OpenFlag... flags) throws LinuxException {
    return HostFile.open(path, flags);
  }

  /** See {@link HostFile#open(Path, int, OpenFlag...)}. */
  public static Fd open(Path path, int permissions, OpenFlag... flags) throws LinuxException {
    return HostFile.open(path, permissions, flags);
  }
}
