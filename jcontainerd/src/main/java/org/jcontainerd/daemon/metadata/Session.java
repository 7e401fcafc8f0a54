package org.jcontainerd.daemon.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One connection with its prepared statements. Not thread-safe: whoever holds it has it alone.
 *
 * <p>Statements are prepared once per connection and kept, since the daemon's SQL is a fixed set of
 * constants; SQL built from values would grow this map without end.
 */
final class Session implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Session(Connection connection) {
    this.connection = connection;
  }

  <T> List<T> query(String sql, Row.Mapper<T> mapper, Object... parameters) throws SQLException {
    var statement = bind(sql, parameters);
    try (var result = statement.executeQuery()) {
      var rows = new ArrayList<T>();
      var row = new Row(result);
      while (result.next()) {
        rows.add(mapper.map(row));
      }
      return List.copyOf(rows);
    }
  }

  int update(String sql, Object... parameters) throws SQLException {
    return bind(sql, parameters).executeUpdate();
  }

  /** Runs SQL that is not worth keeping: pragmas, schema changes. */
  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      boolean _ = statement.execute(sql);
    }
  }

  void begin(String mode) throws SQLException {
    int _ = update("BEGIN " + mode);
  }

  void commit() throws SQLException {
    int _ = update("COMMIT");
  }

  void rollback() throws SQLException {
    int _ = update("ROLLBACK");
  }

  private PreparedStatement bind(String sql, Object... parameters) throws SQLException {
    var statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      bind(statement, i + 1, parameters[i]);
    }
    return statement;
  }

  private static void bind(PreparedStatement statement, int index, Object value)
      throws SQLException {
    switch (value) {
      case String text -> statement.setString(index, text);
      case Long number -> statement.setLong(index, number);
      case Integer number -> statement.setInt(index, number);
      case Boolean flag -> statement.setInt(index, flag ? 1 : 0);
      case byte[] bytes -> statement.setBytes(index, bytes);
      case Instant time -> statement.setLong(index, nanos(time));
      case Enum<?> constant -> statement.setString(index, constant.name());
      case Optional<?> optional -> {
        if (optional.isPresent()) {
          bind(statement, index, optional.get());
        } else {
          statement.setObject(index, null);
        }
      }
      default ->
          throw new SQLException(
              "parameter " + index + " has unsupported type '" + value.getClass().getName() + "'");
    }
  }

  private static long nanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  /** Closes the statements and the connection. */
  @Override
  public void close() throws SQLException {
    // the driver finalizes the statements of a connection with it
    statements.clear();
    connection.close();
  }
}
