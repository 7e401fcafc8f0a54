package org.jcontainerd.daemon.container;

import com.google.protobuf.InvalidProtocolBufferException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.LinuxContainerResources;
import org.jcontainerd.api.cri.v1.LinuxContainerUser;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.metadata.Migration;
import org.jcontainerd.daemon.metadata.Row;
import org.jcontainerd.daemon.record.RecordTable;

/** Containers in the database. Thread-safe. */
public final class ContainerTable implements RecordTable<Container> {
  /** What this table needs of the schema. */
  public static final List<Migration> MIGRATIONS =
      List.of(
          Migration.of(
              "containers.1",
              """
              CREATE TABLE container (
                id TEXT PRIMARY KEY,
                sandbox_id TEXT NOT NULL,
                config BLOB NOT NULL,
                image_id TEXT NOT NULL,
                user BLOB NOT NULL,
                resources BLOB NOT NULL,
                stop_signal INTEGER NOT NULL,
                log_path TEXT NOT NULL,
                cgroup_path TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                state TEXT NOT NULL,
                pid INTEGER NOT NULL,
                started_at INTEGER,
                finished_at INTEGER,
                exit_code INTEGER NOT NULL,
                reason TEXT NOT NULL,
                message TEXT NOT NULL
              ) WITHOUT ROWID
              """));

  private static final String COLUMNS =
      "id, sandbox_id, config, image_id, user, resources, stop_signal, log_path, cgroup_path,"
          + " created_at, state, pid, started_at, finished_at, exit_code, reason, message";

  private final Database database;

  public ContainerTable(Database database) {
    this.database = database;
  }

  @Override
  public List<Container> all() {
    return database.read(
        tx -> tx.query("SELECT " + COLUMNS + " FROM container", ContainerTable::container));
  }

  @Override
  public void insert(Container c) {
    var state = StateColumns.of(c.state());
    database.change(tx ->
        tx.update(
            "INSERT INTO container ("
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            c.id(),
            c.sandboxId(),
            c.config().toByteArray(),
            c.imageId(),
            c.user().toByteArray(),
            c.resources().toByteArray(),
            c.stopSignal(),
            c.logPath(),
            c.cgroupPath(),
            c.createdAt(),
            state.word(),
            state.pid(),
            state.startedAt(),
            state.finishedAt(),
            state.exitCode(),
            state.reason(),
            state.message()));
  }

  @Override
  public void update(Container c) {
    var state = StateColumns.of(c.state());
    database.change(tx ->
        tx.update(
            "UPDATE container SET resources = ?, state = ?, pid = ?, started_at = ?,"
                + " finished_at = ?, exit_code = ?, reason = ?, message = ? WHERE id = ?",
            c.resources().toByteArray(),
            state.word(),
            state.pid(),
            state.startedAt(),
            state.finishedAt(),
            state.exitCode(),
            state.reason(),
            state.message(),
            c.id()));
  }

  @Override
  public void delete(String id) {
    database.change(tx -> tx.update("DELETE FROM container WHERE id = ?", id));
  }

  private static Container container(Row row) throws SQLException {
    try {
      return new Container(
          row.text(1),
          row.text(2),
          ContainerConfig.parseFrom(row.bytes(3)),
          row.text(4),
          LinuxContainerUser.parseFrom(row.bytes(5)),
          LinuxContainerResources.parseFrom(row.bytes(6)),
          Math.toIntExact(row.number(7)),
          row.text(8),
          row.text(9),
          row.time(10),
          new StateColumns(
                  row.text(11),
                  row.number(12),
                  row.optionalNumber(13).map(ContainerTable::time),
                  row.optionalNumber(14).map(ContainerTable::time),
                  Math.toIntExact(row.number(15)),
                  row.text(16),
                  row.text(17))
              .state());
    } catch (InvalidProtocolBufferException e) {
      throw new SQLException("container '" + row.text(1) + "': config is damaged", e);
    }
  }

  private static Instant time(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  /** A state, spread over columns. */
  private record StateColumns(
      String word,
      long pid,
      Optional<Instant> startedAt,
      Optional<Instant> finishedAt,
      int exitCode,
      String reason,
      String message) {

    static StateColumns of(ContainerState state) {
      return switch (state) {
        case ContainerState.Created _ -> plain("created");
        case ContainerState.Running(long pid, Instant startedAt) ->
            new StateColumns("running", pid, Optional.of(startedAt), Optional.empty(), 0, "", "");
        case ContainerState.Exited(var startedAt, Exit exit) ->
            new StateColumns(
                "exited",
                0,
                startedAt,
                Optional.of(exit.at()),
                exit.code(),
                exit.reason(),
                exit.message());
      };
    }

    private static StateColumns plain(String word) {
      return new StateColumns(word, 0, Optional.empty(), Optional.empty(), 0, "", "");
    }

    ContainerState state() throws SQLException {
      return switch (word) {
        case "created" -> new ContainerState.Created();
        case "running" -> new ContainerState.Running(pid, startedAt.orElse(Instant.EPOCH));
        case "exited" ->
            new ContainerState.Exited(
                startedAt, new Exit(exitCode, finishedAt.orElse(Instant.EPOCH), reason, message));
        default -> throw new SQLException("container state '" + word + "' is unknown");
      };
    }
  }
}
