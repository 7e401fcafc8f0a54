package org.jcontainerd.daemon.metadata;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes inside one transaction. Confined to the call that received it: it is dead once
 * that call returns.
 *
 * <p>Parameters are bound by position. Accepted: {@code String}, {@code Long}, {@code Integer},
 * {@code Boolean} (1 or 0), {@code byte[]}, {@code Instant} (nanoseconds since the epoch), {@code
 * Enum} (its name), {@code Optional} of these (NULL when empty).
 */
public final class Transaction {
  private final Session session;

  Transaction(Session session) {
    this.session = session;
  }

  /** Every row of the result, in order. */
  public <T> List<T> query(String sql, Row.Mapper<T> mapper, Object... parameters) {
    try {
      return session.query(sql, mapper, parameters);
    } catch (SQLException e) {
      throw new DatabaseException("query", sql, e);
    }
  }

  /** The only row, or empty if there is none. A second row is an error of the program. */
  public <T> Optional<T> queryOne(String sql, Row.Mapper<T> mapper, Object... parameters) {
    var rows = query(sql, mapper, parameters);
    if (rows.size() > 1) {
      throw new DatabaseException(
          "query '" + sql + "': " + rows.size() + " rows where at most one was expected");
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /**
   * Runs an INSERT, UPDATE or DELETE.
   *
   * @return the number of rows changed
   */
  @com.google.errorprone.annotations.CanIgnoreReturnValue
  public int update(String sql, Object... parameters) {
    try {
      return session.update(sql, parameters);
    } catch (SQLException e) {
      throw new DatabaseException("update", sql, e);
    }
  }

  /** The rowid of the last INSERT of this transaction. */
  public long lastRowId() {
    return queryOne("SELECT last_insert_rowid()", row -> row.number(1)).orElseThrow();
  }
}
