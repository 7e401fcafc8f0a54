package org.jcontainerd.daemon.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final Migration FIRST =
      Migration.of("thing.1", "CREATE TABLE thing (name TEXT PRIMARY KEY, size INTEGER)");
  private static final String INSERT = "INSERT INTO thing (name, size) VALUES (?, ?)";

  @TempDir Path directory;
  private Path file;
  private Database database;

  @BeforeEach
  void open() {
    file = directory.resolve("meta.db");
    database = Database.open(file, List.of(FIRST));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void transaction_returns_isSeenByReadersAndAfterReopen() {
    database.change(tx -> tx.update(INSERT, "a", 1));
    assertEquals(List.of("a"), names(database));
    database.close();
    database = Database.open(file, List.of(FIRST));
    assertEquals(List.of("a"), names(database));
  }

  @Test
  void transaction_throws_rollsBackAndPassesTheFailure() {
    var failure =
        assertThrows(
            IOException.class,
            () ->
                database.transaction(tx -> {
                  tx.update(INSERT, "a", 1);
                  throw new IOException("work failed");
                }));
    assertEquals("work failed", failure.getMessage());
    assertEquals(List.of(), names(database));
  }

  @Test
  void update_violatesUniqueness_saysSoAndRollsBack() {
    database.change(tx -> tx.update(INSERT, "a", 1));
    var failure =
        assertThrows(
            DatabaseException.class,
            () ->
                database.change(tx -> {
                  tx.update(INSERT, "b", 1);
                  tx.update(INSERT, "a", 2);
                }));
    assertTrue(failure.isConstraint(), failure.getMessage());
    assertFalse(failure.isFull());
    assertEquals(List.of("a"), names(database));
  }

  @Test
  void transaction_insideAnother_isRefused() {
    assertThrows(
        IllegalStateException.class,
        () -> database.change(_ -> database.change(tx -> tx.update(INSERT, "a", 1))));
  }

  @Test
  void read_triesToWrite_fails() {
    assertThrows(DatabaseException.class, () -> database.read(tx -> tx.update(INSERT, "a", 1)));
  }

  @Test
  void read_whileAWriterIsOpen_seesTheLastCommittedStateAndDoesNotWait() throws Exception {
    var inside = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writer =
          threads.submit(() ->
              database.transaction(tx -> {
                tx.update(INSERT, "a", 1);
                inside.countDown();
                assertTrue(release.await(10, TimeUnit.SECONDS));
                return true;
              }));
      assertTrue(inside.await(10, TimeUnit.SECONDS));
      assertEquals(List.of(), names(database));
      release.countDown();
      assertTrue(writer.get());
    }
    assertEquals(List.of("a"), names(database));
  }

  @Test
  void transaction_manyThreads_losesNothing() throws Exception {
    database.change(tx -> tx.update(INSERT, "counter", 0));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 700; i++) {
        var _ =
            threads.submit(() ->
                database.transaction(tx -> {
                  long size =
                      tx.queryOne("SELECT size FROM thing", row -> row.number(1)).orElseThrow();
                  return tx.update("UPDATE thing SET size = ?", size + 1);
                }));
      }
    }
    long size =
        database.read(tx -> tx.queryOne("SELECT size FROM thing", row -> row.number(1))).get();
    assertEquals(700, size);
  }

  @Test
  void parameters_ofEveryType_comeBack() {
    var time = Instant.parse("2026-01-02T03:04:05.678901234Z");
    database.change(tx ->
        tx.update("CREATE TABLE every (t TEXT, n INTEGER, f INTEGER, i INTEGER, b BLOB, x TEXT)"));
    database.change(tx ->
        tx.update(
            "INSERT INTO every VALUES (?, ?, ?, ?, ?, ?)",
            "text",
            5L,
            true,
            time,
            new byte[] {1, 2},
            Optional.empty()));
    var seen =
        database.read(tx ->
            tx.queryOne(
                "SELECT * FROM every",
                row ->
                    List.of(
                        row.text(1),
                        row.number(2),
                        row.flag(3),
                        row.time(4),
                        row.bytes(5).length,
                        row.optionalText(6))));
    assertEquals(List.of("text", 5L, true, time, 2, Optional.empty()), seen.orElseThrow());
  }

  @Test
  void open_withMoreMigrations_runsOnlyTheNewOnes() {
    database.change(tx -> tx.update(INSERT, "a", 1));
    database.close();
    var second = Migration.of("thing.2", "ALTER TABLE thing ADD COLUMN note TEXT DEFAULT 'none'");
    database = Database.open(file, List.of(FIRST, second));
    assertEquals(
        List.of("none"), database.read(tx -> tx.query("SELECT note FROM thing", r -> r.text(1))));
  }

  @Test
  void open_migrationFails_keepsTheStateBefore() {
    database.close();
    var broken = Migration.of("thing.2", "CREATE TABLE other (a)", "CREATE TABLE broken (");
    var failure =
        assertThrows(
            DatabaseException.class, () -> Database.open(file, List.of(FIRST, broken)).close());
    assertTrue(
        String.valueOf(failure.getMessage()).startsWith("migrate 'thing.2'"), failure.getMessage());
    database = Database.open(file, List.of(FIRST));
    var tables =
        database.read(
            tx -> tx.query("SELECT name FROM sqlite_schema WHERE name='other'", r -> r.text(1)));
    assertEquals(List.of(), tables);
  }

  @Test
  void open_writtenByANewerVersion_isRefused() {
    database.close();
    var newer = Migration.of("thing.2", "CREATE TABLE other (a)");
    Database.open(file, List.of(FIRST, newer)).close();
    var failure =
        assertThrows(DatabaseException.class, () -> Database.open(file, List.of(FIRST)).close());
    assertTrue(String.valueOf(failure.getMessage()).contains("thing.2"), failure.getMessage());
    database = Database.open(file, List.of(FIRST, newer));
  }

  @Test
  void sync_afterTransactions_leavesTheLogReadable() throws IOException {
    database.change(tx -> tx.update(INSERT, "a", 1));
    database.sync();
    // what a power loss right now would leave: the files as they are
    var copy = directory.resolve("copy.db");
    Files.copy(file, copy);
    Files.copy(Path.of(file + "-wal"), Path.of(copy + "-wal"));
    try (var after = Database.open(copy, List.of(FIRST))) {
      assertEquals(List.of("a"), names(after));
    }
  }

  private static List<String> names(Database database) {
    return database.read(tx -> tx.query("SELECT name FROM thing", row -> row.text(1)));
  }
}
