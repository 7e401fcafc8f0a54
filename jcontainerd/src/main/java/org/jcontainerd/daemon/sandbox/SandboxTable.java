package org.jcontainerd.daemon.sandbox;

import com.google.protobuf.InvalidProtocolBufferException;
import java.sql.SQLException;
import java.util.List;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.metadata.Migration;
import org.jcontainerd.daemon.metadata.Row;
import org.jcontainerd.daemon.record.RecordTable;

/** Pods in the database. Thread-safe. */
public final class SandboxTable implements RecordTable<Sandbox> {
  /** What this table needs of the schema. */
  public static final List<Migration> MIGRATIONS =
      List.of(
          Migration.of(
              "sandboxes.1",
              """
              CREATE TABLE sandbox (
                id TEXT PRIMARY KEY,
                config BLOB NOT NULL,
                handler TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                state TEXT NOT NULL,
                pid INTEGER NOT NULL,
                reason TEXT NOT NULL,
                ips TEXT NOT NULL
              ) WITHOUT ROWID
              """));

  private final Database database;

  public SandboxTable(Database database) {
    this.database = database;
  }

  @Override
  public List<Sandbox> all() {
    return database.read(tx ->
        tx.query(
            "SELECT id, config, handler, created_at, state, pid, reason, ips FROM sandbox",
            SandboxTable::sandbox));
  }

  @Override
  public void insert(Sandbox s) {
    database.change(tx ->
        tx.update(
            "INSERT INTO sandbox (id, config, handler, created_at, state, pid, reason, ips)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            s.id(),
            s.config().toByteArray(),
            s.runtimeHandler(),
            s.createdAt(),
            word(s.state()),
            pid(s.state()),
            reason(s.state()),
            String.join(" ", s.ips())));
  }

  @Override
  public void update(Sandbox s) {
    database.change(tx ->
        tx.update(
            "UPDATE sandbox SET state = ?, pid = ?, reason = ?, ips = ? WHERE id = ?",
            word(s.state()),
            pid(s.state()),
            reason(s.state()),
            String.join(" ", s.ips()),
            s.id()));
  }

  @Override
  public void delete(String id) {
    database.change(tx -> tx.update("DELETE FROM sandbox WHERE id = ?", id));
  }

  private static Sandbox sandbox(Row row) throws SQLException {
    try {
      String ips = row.text(8);
      return new Sandbox(
          row.text(1),
          PodSandboxConfig.parseFrom(row.bytes(2)),
          row.text(3),
          row.time(4),
          state(row.text(5), row.number(6), row.text(7)),
          ips.isEmpty() ? List.of() : List.of(ips.split(" ")));
    } catch (InvalidProtocolBufferException e) {
      throw new SQLException("sandbox '" + row.text(1) + "': config is damaged", e);
    }
  }

  private static SandboxState state(String word, long pid, String reason) throws SQLException {
    return switch (word) {
      case "ready" -> new SandboxState.Ready(pid);
      case "notready" -> new SandboxState.NotReady(reason);
      case "stopped" -> new SandboxState.Stopped();
      default -> throw new SQLException("sandbox state '" + word + "' is unknown");
    };
  }

  private static String word(SandboxState state) {
    return switch (state) {
      case SandboxState.Ready _ -> "ready";
      case SandboxState.NotReady _ -> "notready";
      case SandboxState.Stopped _ -> "stopped";
    };
  }

  private static long pid(SandboxState state) {
    return state instanceof SandboxState.Ready(long pid) ? pid : 0;
  }

  private static String reason(SandboxState state) {
    return state instanceof SandboxState.NotReady(String reason) ? reason : "";
  }
}
