package org.jcontainerd.daemon.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;

/**
 * The daemon's metadata: one SQLite file in WAL mode. Thread-safe.
 *
 * <p>There is one writer: {@link #transaction} calls run one after the other, in the order they
 * ask. Readers ({@link #read}) have connections of their own, see the last committed state, and
 * neither wait for the writer nor hold it up. Work must be short and must not do other I/O: it
 * holds the writer.
 *
 * <p>Durability: {@code synchronous=NORMAL}. A committed transaction survives any death of the
 * daemon, {@code kill -9} included. A power loss or a kernel crash may undo the last transactions,
 * never a part of one, and never harms the file (sqlite.org/wal.html, "Durability"). Nothing that
 * runs outlives such a crash either, so no fsync is paid per pod; whoever needs one (a pulled
 * image) calls {@link #sync}.
 *
 * <p>Checkpoints, which do fsync, run on a thread of their own after every {@value
 * #CHECKPOINT_EVERY} transactions, so that a slow disk does not stall the calls that commit.
 */
public final class Database implements AutoCloseable {
  private static final int CHECKPOINT_EVERY = 512;

  private final Path file;
  private final ReentrantLock writerLock = new ReentrantLock(true);
  private final Session writer;
  private final ReaderPool readers;
  private final Checkpoint checkpoint;
  private long transactions; // guarded by writerLock

  private Database(Path file, Session writer) {
    this.file = file;
    this.writer = writer;
    this.readers = new ReaderPool(() -> connect(file));
    this.checkpoint = new Checkpoint(file, () -> connect(file));
  }

  /**
   * Opens the file, creates it if absent, and brings its schema up to date.
   *
   * @param file in a directory that exists
   * @param migrations all of the daemon's, in order
   */
  public static Database open(Path file, List<Migration> migrations) {
    var schema = new Schema(migrations);
    try {
      var writer = connect(file);
      try {
        schema.apply(writer);
      } catch (SQLException | RuntimeException e) {
        writer.close();
        throw e;
      }
      return new Database(file, writer);
    } catch (SQLException e) {
      throw new DatabaseException("open database", file.toString(), e);
    }
  }

  /**
   * Runs work in the writer's transaction and commits it; a failure of any kind rolls back.
   *
   * @throws E what the work throws
   * @throws DatabaseException if the database fails
   */
  @com.google.errorprone.annotations.CanIgnoreReturnValue
  public <T, E extends Exception> T transaction(Work<T, E> work) throws E {
    if (writerLock.isHeldByCurrentThread()) {
      throw new IllegalStateException("transaction inside a transaction");
    }
    writerLock.lock();
    try {
      var result = inTransaction(writer, "IMMEDIATE", work);
      if (++transactions % CHECKPOINT_EVERY == 0) {
        checkpoint.start();
      }
      return result;
    } finally {
      writerLock.unlock();
    }
  }

  /** As {@link #transaction} for work that answers nothing. */
  public <E extends Exception> void change(Change<E> change) throws E {
    transaction(tx -> {
      change.run(tx);
      return true;
    });
  }

  /**
   * Runs work that only reads, on one consistent state.
   *
   * @throws E what the work throws
   * @throws DatabaseException if the database fails, or the work tries to write
   */
  public <T, E extends Exception> T read(Work<T, E> work) throws E {
    var session = take();
    try {
      return inTransaction(session, "DEFERRED", work);
    } finally {
      readers.giveBack(session);
    }
  }

  /** Makes every committed transaction survive a power loss; waits for the disk. */
  public void sync() {
    // committed pages are in the log, or a checkpoint has already synced them into the file
    try (var wal = FileChannel.open(Path.of(file + "-wal"), StandardOpenOption.WRITE)) {
      wal.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException("sync database '" + file + "'", e);
    }
  }

  private Session take() {
    try {
      return readers.take();
    } catch (SQLException e) {
      throw new DatabaseException("open database for reading", file.toString(), e);
    }
  }

  private <T, E extends Exception> T inTransaction(Session session, String mode, Work<T, E> work)
      throws E {
    boolean committed = false;
    try {
      session.begin(mode);
      try {
        var result = work.run(new Transaction(session));
        session.commit();
        committed = true;
        return result;
      } finally {
        if (!committed) {
          session.rollback();
        }
      }
    } catch (SQLException e) {
      throw new DatabaseException("transaction in", file.toString(), e);
    }
  }

  private static Session connect(Path file) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(10_000);
    // checkpoints are ours: see the class comment
    config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "0");
    return new Session(config.createConnection("jdbc:sqlite:" + file));
  }

  /** Waits for the running transaction, folds the WAL into the file and closes it. */
  @Override
  public void close() {
    checkpoint.run(); // after any that is running
    writerLock.lock();
    try {
      readers.close();
      writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      writer.close();
    } catch (SQLException e) {
      throw new DatabaseException("close database", file.toString(), e);
    } finally {
      writerLock.unlock();
    }
  }

  /** Work in a transaction. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run(Transaction tx) throws E;
  }

  /** Work in a transaction that answers nothing. */
  @FunctionalInterface
  public interface Change<E extends Exception> {
    void run(Transaction tx) throws E;
  }

  /** Opens a connection. */
  @FunctionalInterface
  interface Connector {
    Session connect() throws SQLException;
  }
}
