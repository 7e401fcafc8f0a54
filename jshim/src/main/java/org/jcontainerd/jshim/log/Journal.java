package org.jcontainerd.jshim.log;

import java.nio.ByteBuffer;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.FileRange;

/**
 * The memory file with the one {@link JournalEntry} of a container. The keeper holds it too.
 * Confined to its loop.
 */
final class Journal implements AutoCloseable {
  private final Fd fd;
  private final ByteBuffer buffer;
  private JournalEntry entry;

  private Journal(Fd fd, ByteBuffer buffer, JournalEntry entry) {
    this.fd = fd;
    this.buffer = buffer;
    this.entry = entry;
  }

  /**
   * Adopts a journal as it was left.
   *
   * @param buffer of at least {@link JournalEntry#BYTES}, shared with other users of the same loop
   */
  static Journal adopt(Fd fd, ByteBuffer buffer) throws LinuxException {
    buffer.clear().limit(JournalEntry.BYTES);
    int length = FileRange.read(fd, buffer, 0);
    var entry = length <= 0 ? JournalEntry.START : JournalEntry.decode(buffer.flip());
    return new Journal(fd, buffer, entry);
  }

  JournalEntry entry() {
    return entry;
  }

  void write(JournalEntry next) throws LinuxException {
    next.encode(buffer);
    int written = FileRange.write(fd, buffer, 0);
    if (written != JournalEntry.BYTES) {
      throw new IllegalStateException("log journal: " + written + " bytes of an entry written");
    }
    entry = next;
  }

  @Override
  public void close() {
    fd.close();
  }
}
