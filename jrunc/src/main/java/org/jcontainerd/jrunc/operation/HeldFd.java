package org.jcontainerd.jrunc.operation;

import java.util.Optional;
import org.jcontainerd.linux.Fd;

/** A descriptor that may be absent, for try-with-resources. */
record HeldFd(Optional<Fd> fd) implements AutoCloseable {
  static HeldFd of(Fd fd) {
    return new HeldFd(Optional.of(fd));
  }

  static HeldFd none() {
    return new HeldFd(Optional.empty());
  }

  @Override
  public void close() {
    fd.ifPresent(Fd::close);
  }
}
