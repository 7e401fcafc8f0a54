package org.jcontainerd.daemon.metadata;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * The current row of a query's result, columns counted from 1. Valid only inside the mapper that
 * was given it.
 */
public final class Row {
  private final ResultSet result;

  Row(ResultSet result) {
    this.result = result;
  }

  /** A column that is never NULL. */
  public String text(int column) throws SQLException {
    return optionalText(column)
        .orElseThrow(() -> new SQLException("column " + column + " is null"));
  }

  public Optional<String> optionalText(int column) throws SQLException {
    return Optional.ofNullable(result.getString(column));
  }

  /** An integer column that is never NULL. */
  public long number(int column) throws SQLException {
    var value = result.getLong(column);
    if (result.wasNull()) {
      throw new SQLException("column " + column + " is null");
    }
    return value;
  }

  public Optional<Long> optionalNumber(int column) throws SQLException {
    var value = result.getLong(column);
    return result.wasNull() ? Optional.empty() : Optional.of(value);
  }

  public boolean flag(int column) throws SQLException {
    return number(column) != 0;
  }

  /** A time stored as nanoseconds since the epoch. */
  public Instant time(int column) throws SQLException {
    return Instant.ofEpochSecond(0, number(column));
  }

  public byte[] bytes(int column) throws SQLException {
    var value = result.getBytes(column);
    if (value == null) {
      throw new SQLException("column " + column + " is null");
    }
    return value;
  }

  /** Turns one row into a value. */
  @FunctionalInterface
  public interface Mapper<T> {
    T map(Row row) throws SQLException;
  }
}
