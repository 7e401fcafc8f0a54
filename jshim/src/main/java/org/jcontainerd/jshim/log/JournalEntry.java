package org.jcontainerd.jshim.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the journal says: how much of each spool is in the log for certain, and the write that may
 * be under way. Always written whole in one call, so that a killed shim leaves the old entry or the
 * new one. Immutable.
 *
 * @param consumedStdout bytes of the stdout spool, counted from the start of the process, that are
 *     in the log
 * @param consumedStderr likewise
 */
record JournalEntry(long consumedStdout, long consumedStderr, Write write) {
  static final int BYTES = 96;
  private static final int MAGIC = 0x4a4c4a31; // "JLJ1"
  private static final int IDLE = 0;
  private static final int WRITING = 1;

  /** The log write that is under way, if any. */
  sealed interface Write {}

  record None() implements Write {}

  /**
   * A write that may be missing, complete, or cut off.
   *
   * @param from start of the range in the stream's spool; its end is what is consumed afterwards
   * @param logBytes bytes that the range makes in the log
   * @param unixNanos time stamp of the batch
   * @param log the file that is written
   * @param logSize its size before
   */
  record Pending(
      LogStream stream,
      long from,
      long to,
      int logBytes,
      long unixNanos,
      LogFile.Identity log,
      long logSize)
      implements Write {}

  static final JournalEntry START = new JournalEntry(0, 0, new None());

  long consumed(LogStream stream) {
    return switch (stream) {
      case STDOUT -> consumedStdout;
      case STDERR -> consumedStderr;
    };
  }

  /** This entry with the range up to {@code to} of {@code stream} in the log and no write left. */
  JournalEntry consumed(LogStream stream, long to) {
    return switch (stream) {
      case STDOUT -> new JournalEntry(to, consumedStderr, new None());
      case STDERR -> new JournalEntry(consumedStdout, to, new None());
    };
  }

  JournalEntry writing(Pending pending) {
    return new JournalEntry(consumedStdout, consumedStderr, pending);
  }

  /** Encodes to {@code into}, little endian, {@link #BYTES} long. */
  void encode(ByteBuffer into) {
    into.clear().order(ByteOrder.LITTLE_ENDIAN);
    into.putInt(MAGIC);
    switch (write) {
      case None _ -> into.putInt(IDLE).putLong(consumedStdout).putLong(consumedStderr);
      case Pending pending -> {
        into.putInt(WRITING).putLong(consumedStdout).putLong(consumedStderr);
        into.putInt(pending.stream().index()).putInt(pending.logBytes());
        into.putLong(pending.from()).putLong(pending.to()).putLong(pending.unixNanos());
        into.putLong(pending.log().device()).putLong(pending.log().inode());
        into.putLong(pending.logSize());
      }
    }
    into.position(0).limit(BYTES);
  }

  /**
   * Decodes what {@link #encode} wrote.
   *
   * @throws IllegalStateException if it is no journal of this version
   */
  static JournalEntry decode(ByteBuffer from) {
    from.order(ByteOrder.LITTLE_ENDIAN);
    int magic = from.getInt();
    if (magic != MAGIC) {
      throw new IllegalStateException(
          "log journal starts with 0x" + Integer.toHexString(magic) + ", not with its magic");
    }
    boolean writing = from.getInt() == WRITING;
    long stdout = from.getLong();
    long stderr = from.getLong();
    return new JournalEntry(stdout, stderr, writing ? decodePending(from) : new None());
  }

  private static Pending decodePending(ByteBuffer from) {
    var stream = LogStream.of(from.getInt());
    int logBytes = from.getInt();
    long start = from.getLong();
    long end = from.getLong();
    long unixNanos = from.getLong();
    var log = new LogFile.Identity(from.getLong(), from.getLong());
    return new Pending(stream, start, end, logBytes, unixNanos, log, from.getLong());
  }
}
