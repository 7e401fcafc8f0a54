package org.jcontainerd.daemon.metadata;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the write-ahead log into the database file. Thread-safe; one runs at a time.
 *
 * <p>On a connection and a platform thread of its own: a checkpoint waits for the disk, and a
 * virtual thread in SQLite's native code would hold its carrier that long.
 */
final class Checkpoint {
  private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);

  private final Path file;
  private final Database.Connector connector;
  private final ReentrantLock running = new ReentrantLock();

  Checkpoint(Path file, Database.Connector connector) {
    this.file = file;
    this.connector = connector;
  }

  /** Starts one in the background, unless one is running. */
  void start() {
    if (running.isLocked()) {
      return;
    }
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .name("database-checkpoint")
            .start(() -> {
              try {
                run();
              } catch (DatabaseException e) {
                // nothing is lost: the log keeps what it has, and the next one tries again
                log.atWarn().setCause(e).log("database checkpoint failed");
              }
            });
  }

  /** Runs one, after any that is running. */
  void run() {
    running.lock();
    try (var session = connector.connect()) {
      // PASSIVE waits for nobody and stops nobody; what readers of old states need stays in the log
      session.execute("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      throw new DatabaseException("checkpoint", file.toString(), e);
    } finally {
      running.unlock();
    }
  }
}
