package org.jcontainerd.jshim.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jcontainerd.jshim.log.JournalEntry.Pending;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * The CRI log of one container: formats what its spools hold and appends it to the log file, so
 * that a shim that is killed at any instruction leaves enough for the next one to lose and double
 * nothing.
 *
 * <pre>
 *   journal: writing [from, to) -> log file: append -> journal: consumed to -> spool: punch
 * </pre>
 *
 * <p>A log that cannot be written (full disk) does not stop the container: the batch is dropped,
 * and reported once until a write succeeds again. Confined to its loop.
 */
public final class CriLog implements AutoCloseable {
  private final Path path;
  private final int maxLineBytes;
  private final Map<LogStream, Spool> spools = new EnumMap<>(LogStream.class);
  private final Journal journal;
  private final LogBuffers buffers;
  private final Clock clock;
  private final LogProblems problems;
  private @Nullable LogFile file;

  private CriLog(Config config, Journal journal, LogBuffers buffers) {
    this.path = config.path();
    this.maxLineBytes = config.maxLineBytes();
    this.clock = config.clock();
    this.problems = config.problems();
    this.journal = journal;
    this.buffers = buffers;
  }

  /**
   * How a log is written.
   *
   * @param maxLineBytes longest content of one line, 1 to {@link LogBuffers#MAX_LINE_BYTES}
   * @param problems learns what goes wrong with the file
   */
  public record Config(Path path, int maxLineBytes, Clock clock, LogProblems problems) {
    public Config {
      if (maxLineBytes < 1 || maxLineBytes > LogBuffers.MAX_LINE_BYTES) {
        throw new IllegalArgumentException(
            "log '"
                + path
                + "': line limit "
                + maxLineBytes
                + " is not in 1.."
                + LogBuffers.MAX_LINE_BYTES);
      }
    }
  }

  /**
   * Opens the log and finishes the write that a predecessor may have left.
   *
   * @param spools by stream; owned by the log from now on, also if this fails
   * @param journal likewise
   */
  public static CriLog adopt(
      Config config, Map<LogStream, Fd> spools, Fd journal, LogBuffers buffers) throws IOException {
    try {
      var log = new CriLog(config, Journal.adopt(journal, buffers.journal), buffers);
      for (var spool : spools.entrySet()) {
        log.spools.put(spool.getKey(), Spool.adopt(spool.getValue()));
      }
      log.recover();
      var _ = log.openFile();
      return log;
    } catch (IOException | RuntimeException e) {
      spools.values().forEach(Fd::close);
      journal.close();
      throw e;
    }
  }

  Spool spool(LogStream stream) {
    var spool = spools.get(stream);
    if (spool == null) {
      throw new IllegalArgumentException("log '" + path + "' has no stream " + stream.word());
    }
    return spool;
  }

  /**
   * Moves at most {@code max} bytes from a pipe into the stream's spool.
   *
   * @return how many; 0 at the end of the pipe, empty if there is nothing now
   */
  public OptionalLong fill(LogStream stream, Fd pipe, long max) throws LinuxException {
    return spool(stream).fill(pipe, max);
  }

  /** Reads the last {@code count} bytes that were filled in. */
  public ByteBuffer latest(LogStream stream, long count, ByteBuffer into) throws LinuxException {
    var spool = spool(stream);
    into.clear().limit((int) count);
    spool.read(into, spool.end() - count);
    return into.flip();
  }

  /**
   * Writes everything that the stream's spool holds and that makes whole lines.
   *
   * @param last whether nothing more comes: a rest without a newline is written too
   */
  public void write(LogStream stream, boolean last) throws LinuxException {
    var spool = spool(stream);
    boolean more = true;
    while (more) {
      more = writeBatch(stream, spool, last);
    }
    spool.forget(journal.entry().consumed(stream));
  }

  /** One append to the log; false if nothing is left to be written now. */
  private boolean writeBatch(LogStream stream, Spool spool, boolean last) throws LinuxException {
    long from = journal.entry().consumed(stream);
    int length = load(spool, from, spool.end());
    boolean all = from + length == spool.end();
    var batch = new CriFormat.Batch(stream, maxLineBytes, unixNanos(), last && all);
    var formatted = buffers.format.format(buffers.in, length, buffers.out, batch);
    if (formatted.consumed() == 0) {
      return false;
    }
    long to = from + formatted.consumed();
    append(stream, from, to, formatted.written(), batch.unixNanos());
    journal.write(journal.entry().consumed(stream, to));
    return to < spool.end();
  }

  private void append(LogStream stream, long from, long to, int logBytes, long unixNanos)
      throws LinuxException {
    try {
      var target = openFile();
      long size = target.size();
      journal.write(
          journal
              .entry()
              .writing(
                  new Pending(stream, from, to, logBytes, unixNanos, target.identity(), size)));
      try {
        target.append(buffers.out(logBytes));
      } catch (IOException e) {
        target.truncate(size); // no half lines
        throw e;
      }
      problems.written(path);
    } catch (LinuxException e) {
      throw e; // of the journal: without it nothing can be promised
    } catch (IOException e) {
      problems.dropped(path, to - from, e);
    }
  }

  private int load(Spool spool, long from, long to) throws LinuxException {
    var raw = buffers.raw();
    raw.limit((int) Math.min(raw.capacity(), to - from));
    spool.read(raw, from);
    int length = raw.position();
    raw.flip().get(buffers.in, 0, length);
    return length;
  }

  private LogFile openFile() throws IOException {
    var open = file;
    if (open == null) {
      open = LogFile.open(path);
      file = open;
    }
    return open;
  }

  /** Closes the file and opens what the path means now; the caller has renamed the old one. */
  public void reopen() throws IOException {
    closeFile();
    var _ = openFile();
  }

  private void recover() throws IOException {
    if (!(journal.entry().write() instanceof Pending pending)) {
      return;
    }
    var found = LogFile.find(path, pending.log());
    if (found.isEmpty() || !isComplete(found.get(), pending)) {
      var target = found.isPresent() ? found.get() : openFile();
      if (found.isPresent() && target.size() > pending.logSize()) {
        target.truncate(pending.logSize());
      }
      writeAgain(target, pending);
    }
    if (found.isPresent()) {
      found.get().close();
    }
    journal.write(journal.entry().consumed(pending.stream(), pending.to()));
  }

  private static boolean isComplete(LogFile log, Pending pending) throws IOException {
    return log.size() >= pending.logSize() + pending.logBytes();
  }

  private void writeAgain(LogFile target, Pending pending) throws IOException {
    int length = load(spool(pending.stream()), pending.from(), pending.to());
    var batch = new CriFormat.Batch(pending.stream(), maxLineBytes, pending.unixNanos(), true);
    var formatted = buffers.format.format(buffers.in, length, buffers.out, batch);
    if (formatted.written() != pending.logBytes()) {
      throw new IllegalStateException(
          "log '"
              + path
              + "': journal says "
              + pending.logBytes()
              + " bytes, spool gives "
              + formatted.written());
    }
    target.append(buffers.out(formatted.written()));
  }

  private long unixNanos() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private void closeFile() throws IOException {
    var open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  /** Closes file, spools and journal; what is not written yet stays with the keeper. */
  @Override
  public void close() {
    try {
      closeFile();
    } catch (IOException e) {
      throw new UncheckedIOException("close log '" + path + "'", e);
    } finally {
      spools.values().forEach(Spool::close);
      journal.close();
    }
  }
}
