package org.jcontainerd.daemon.metadata;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Connections for reading. Thread-safe.
 *
 * <p>As many connections exist as readers were ever active at once, but only {@value #KEPT} are
 * kept; reads last microseconds, so that is few.
 */
final class ReaderPool implements AutoCloseable {
  private static final int KEPT = 4;

  private final Database.Connector connector;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Session> idle = new ArrayDeque<>();
  private boolean closed;

  ReaderPool(Database.Connector connector) {
    this.connector = connector;
  }

  Session take() throws SQLException {
    lock.lock();
    try {
      if (closed) {
        throw new SQLException("the database is closed");
      }
      var session = idle.pollFirst();
      if (session != null) {
        return session;
      }
    } finally {
      lock.unlock();
    }
    var session = connector.connect();
    try {
      session.execute("PRAGMA query_only=ON");
    } catch (SQLException e) {
      session.close();
      throw e;
    }
    return session;
  }

  void giveBack(Session session) {
    lock.lock();
    try {
      if (!closed && idle.size() < KEPT) {
        idle.addFirst(session);
        return;
      }
    } finally {
      lock.unlock();
    }
    closeQuietly(session);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      idle.forEach(ReaderPool::closeQuietly);
      idle.clear();
    } finally {
      lock.unlock();
    }
  }

  private static void closeQuietly(Session session) {
    try {
      session.close();
    } catch (SQLException e) {
      throw new DatabaseException("close", "reader", e);
    }
  }
}
