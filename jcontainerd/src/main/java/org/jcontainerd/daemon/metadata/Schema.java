package org.jcontainerd.daemon.metadata;

import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;

/** Brings a database to the schema of this program. */
final class Schema {
  private final List<Migration> migrations;

  Schema(List<Migration> migrations) {
    var names = new HashSet<String>();
    for (var migration : migrations) {
      if (!names.add(migration.name())) {
        throw new IllegalArgumentException("migration '" + migration.name() + "' is listed twice");
      }
    }
    this.migrations = List.copyOf(migrations);
  }

  /**
   * Runs what has not run, each migration in a transaction of its own.
   *
   * @throws DatabaseException also if the database has migrations that this program does not know:
   *     it was written by a newer version
   */
  void apply(Session session) throws SQLException {
    session.execute(
        "CREATE TABLE IF NOT EXISTS migration"
            + " (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) WITHOUT ROWID");
    var done = new LinkedHashSet<>(session.query("SELECT name FROM migration", row -> row.text(1)));
    for (var migration : migrations) {
      if (!done.remove(migration.name())) {
        run(session, migration);
      }
    }
    if (!done.isEmpty()) {
      throw new DatabaseException(
          "open database: schema has unknown migrations "
              + done
              + "; it was written by a newer version of this program");
    }
  }

  private static void run(Session session, Migration migration) throws SQLException {
    session.begin("IMMEDIATE");
    try {
      for (var statement : migration.statements()) {
        session.execute(statement);
      }
      int _ =
          session.update(
              "INSERT INTO migration (name, applied_at) VALUES (?, ?)",
              migration.name(),
              Instant.now());
      session.commit();
    } catch (SQLException e) {
      session.rollback();
      throw new DatabaseException("migrate", migration.name(), e);
    }
  }
}
