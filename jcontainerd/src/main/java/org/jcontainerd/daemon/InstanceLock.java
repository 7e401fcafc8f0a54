package org.jcontainerd.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jcontainerd.daemon.failure.DaemonFailure;

/**
 * Holds a directory for one daemon: two of them on the same metadata would remove each other's
 * pods. The kernel releases the lock with the process, however it ends.
 */
final class InstanceLock implements AutoCloseable {
  private final FileChannel file;

  private InstanceLock(FileChannel file) {
    this.file = file;
  }

  /**
   * @throws DaemonFailure.AlreadyExists if another daemon holds it
   */
  static InstanceLock of(Path directory) throws IOException {
    var file =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return new InstanceLock(file);
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process: the same answer
    }
    file.close();
    throw new DaemonFailure.AlreadyExists(
        "lock '"
            + directory
            + "': another jcontainerd uses this directory. Stop it or choose"
            + " another --root and --state");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
