package org.jcontainerd.daemon.snapshot;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.metadata.Migration;
import org.jcontainerd.daemon.metadata.Row;
import org.jcontainerd.daemon.metadata.Transaction;
import org.jcontainerd.snapshotter.Snapshot;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.SnapshotStore;
import org.jcontainerd.snapshotter.Usage;

/** The snapshots of one snapshotter, in the daemon's database. Thread-safe. */
public final class SqliteSnapshotStore implements SnapshotStore {
  /** The tables of this package. */
  public static final List<Migration> MIGRATIONS =
      List.of(
          Migration.of(
              "snapshot.1",
              """
              CREATE TABLE snapshot (
                snapshotter TEXT NOT NULL,
                key TEXT NOT NULL,
                number INTEGER NOT NULL UNIQUE,
                kind TEXT NOT NULL,
                parent TEXT,
                labels TEXT NOT NULL,
                created INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                inodes INTEGER NOT NULL,
                PRIMARY KEY (snapshotter, key)
              ) WITHOUT ROWID
              """,
              "CREATE INDEX snapshot_parent ON snapshot (snapshotter, parent)",
              "CREATE TABLE snapshot_number (last INTEGER NOT NULL)",
              "INSERT INTO snapshot_number (last) VALUES (0)"));

  private static final String COLUMNS = "number, key, kind, parent, labels, created, bytes, inodes";

  private final Database database;
  private final String snapshotter;

  public SqliteSnapshotStore(Database database, String snapshotter) {
    this.database = database;
    this.snapshotter = snapshotter;
  }

  @Override
  public <T> T transaction(Work<T> work) throws SnapshotFailure {
    return database.transaction(tx -> work.run(new Rows(tx)));
  }

  @Override
  public <T> T read(Work<T> work) throws SnapshotFailure {
    return database.read(tx -> work.run(new Rows(tx)));
  }

  private final class Rows implements Records {
    private final Transaction tx;

    Rows(Transaction tx) {
      this.tx = tx;
    }

    @Override
    public Optional<SnapshotRecord> find(SnapshotKey key) {
      return tx.queryOne(
          "SELECT " + COLUMNS + " FROM snapshot WHERE snapshotter = ? AND key = ?",
          SqliteSnapshotStore::map,
          snapshotter,
          key.value());
    }

    @Override
    public List<SnapshotRecord> all() {
      return tx.query(
          "SELECT " + COLUMNS + " FROM snapshot WHERE snapshotter = ?",
          SqliteSnapshotStore::map,
          snapshotter);
    }

    @Override
    public boolean hasChildren(SnapshotKey key) {
      return !tx.query(
              "SELECT 1 FROM snapshot WHERE snapshotter = ? AND parent = ? LIMIT 1",
              row -> row.number(1),
              snapshotter,
              key.value())
          .isEmpty();
    }

    @Override
    public long nextNumber() {
      tx.update("UPDATE snapshot_number SET last = last + 1");
      return tx.queryOne("SELECT last FROM snapshot_number", row -> row.number(1)).orElseThrow();
    }

    @Override
    public void insert(SnapshotRecord record) {
      var snapshot = record.snapshot();
      tx.update(
          "INSERT INTO snapshot (snapshotter, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          snapshotter,
          record.number(),
          snapshot.key().value(),
          snapshot.kind(),
          snapshot.parent().map(SnapshotKey::value),
          text(snapshot.labels()),
          snapshot.created(),
          record.usage().bytes(),
          record.usage().inodes());
    }

    @Override
    public void replace(SnapshotKey key, SnapshotRecord by) {
      delete(key);
      insert(by);
    }

    @Override
    public void delete(SnapshotKey key) {
      tx.update("DELETE FROM snapshot WHERE snapshotter = ? AND key = ?", snapshotter, key.value());
    }
  }

  private static SnapshotRecord map(Row row) throws SQLException {
    var snapshot =
        new Snapshot(
            new SnapshotKey(row.text(2)),
            SnapshotKind.valueOf(row.text(3)),
            row.optionalText(4).map(SnapshotKey::new),
            labels(row.text(5)),
            row.time(6));
    return new SnapshotRecord(row.number(1), snapshot, new Usage(row.number(7), row.number(8)));
  }

  /** One label in a line; keys have no '=', and neither has a newline: containerd's rule. */
  private static String text(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> {
          var line = label.getKey() + "=" + label.getValue();
          if (label.getKey().contains("=") || line.contains("\n")) {
            throw new IllegalArgumentException("label '" + line + "' cannot be stored");
          }
          return line;
        })
        .collect(Collectors.joining("\n"));
  }

  private static Map<String, String> labels(String text) {
    return text.lines()
        .collect(
            Collectors.toUnmodifiableMap(
                line -> line.substring(0, line.indexOf('=')),
                line -> line.substring(line.indexOf('=') + 1)));
  }
}
