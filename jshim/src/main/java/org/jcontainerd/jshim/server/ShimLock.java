package org.jcontainerd.jshim.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** That there is one shim only: held until the process ends, however it ends. */
final class ShimLock implements AutoCloseable {
  private final FileChannel pidFile;
  private final FileChannel tasks;

  private ShimLock(FileChannel pidFile, FileChannel tasks) {
    this.pidFile = pidFile;
    this.tasks = tasks;
  }

  /** Takes both locks; empty if another shim has one of them. */
  static Optional<ShimLock> take(ShimPaths paths) throws IOException {
    var pidFile = lock(paths.pidFile());
    if (pidFile.isEmpty()) {
      return Optional.empty();
    }
    var tasks = lock(paths.tasksLock());
    if (tasks.isEmpty()) {
      pidFile.get().close();
      return Optional.empty();
    }
    writePid(pidFile.get());
    return Optional.of(new ShimLock(pidFile.get(), tasks.get()));
  }

  private static Optional<FileChannel> lock(Path file) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      return Optional.empty();
    }
    return Optional.of(channel);
  }

  private static void writePid(FileChannel channel) throws IOException {
    var text = ProcessHandle.current().pid() + "\n";
    var _ = channel.truncate(0);
    int _ = channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  @Override
  public void close() throws IOException {
    try {
      pidFile.close();
    } finally {
      tasks.close();
    }
  }
}
