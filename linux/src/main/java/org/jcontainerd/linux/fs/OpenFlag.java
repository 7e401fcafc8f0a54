package org.jcontainerd.linux.fs;

import org.jcontainerd.linux.sys.FileCalls;

/** How a file is opened; see open(2). Without WRITE or READ_WRITE: for reading. */
public enum OpenFlag {
  WRITE(FileCalls.O_WRONLY),
  READ_WRITE(FileCalls.O_RDWR),
  /** Makes the file if it is missing. */
  CREATE(FileCalls.O_CREAT),
  /** Makes the file; EEXIST if the name is taken. */
  CREATE_NEW(FileCalls.O_CREAT | FileCalls.O_EXCL),
  TRUNCATE(FileCalls.O_TRUNC),
  APPEND(FileCalls.O_APPEND),
  /** ENOTDIR for anything but a directory. */
  DIRECTORY(FileCalls.O_DIRECTORY),
  /** ELOOP if the last part is a symbolic link; with {@link #PATH}, the link itself. */
  NO_FOLLOW(FileCalls.O_NOFOLLOW),
  /** A handle that can be mounted on, executed, or passed on, but not read. */
  PATH(FileCalls.O_PATH),
  /** Does not wait for the other side of a fifo. */
  NON_BLOCKING(FileCalls.O_NONBLOCK);

  private final int bits;

  OpenFlag(int bits) {
    this.bits = bits;
  }

  static int bits(OpenFlag... flags) {
    int all = FileCalls.O_CLOEXEC;
    for (OpenFlag flag : flags) {
      all |= flag.bits;
    }
    return (all & FileCalls.O_PATH) != 0 ? all : all | FileCalls.O_NOCTTY;
  }
}
