package org.jcontainerd.jshim.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.FileRange;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.fs.Pipe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log of one container over real memory files, and its recovery from every point of a write.
 */
class CriLogTest implements LogProblems {
  private static final String AT = "2026-01-02T03:04:05.000000000Z ";
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @TempDir Path dir;
  private final LogBuffers buffers = new LogBuffers();
  private final List<String> problems = new ArrayList<>();
  private Path path;
  private Pipe pipe;
  private Fd spool;
  private Fd journal;

  CriLogTest() {}

  @BeforeEach
  void create() throws IOException {
    path = dir.resolve("0.log");
    pipe = Pipe.create();
    spool = Memfd.create("spool");
    journal = Memfd.create("journal");
  }

  @AfterEach
  void close() {
    pipe.close();
    spool.close();
    journal.close();
  }

  @Override
  public void dropped(Path log, long bytes, IOException cause) {
    problems.add("dropped " + bytes);
  }

  @Override
  public void written(Path log) {
    problems.add("written");
  }

  private CriLog adopt() throws IOException {
    return CriLog.adopt(
        new CriLog.Config(path, 16, CLOCK, this),
        Map.of(LogStream.STDOUT, spool.duplicate()),
        journal.duplicate(),
        buffers);
  }

  private void say(CriLog log, String text) throws IOException {
    pipe.writeEnd().writeFully(bytes(text));
    assertEquals(
        OptionalLong.of(text.length()), log.spool(LogStream.STDOUT).fill(pipe.readEnd(), 1 << 16));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private String content() throws IOException {
    return Files.readString(path);
  }

  @Test
  void output_isLogged() throws Exception {
    try (var log = adopt()) {
      say(log, "one\ntwo\nthr");
      log.write(LogStream.STDOUT, false);
      assertEquals(AT + "stdout F one\n" + AT + "stdout F two\n", content());
      say(log, "ee\nrest");
      log.write(LogStream.STDOUT, false);
      log.write(LogStream.STDOUT, true);
      assertEquals(
          AT
              + "stdout F one\n"
              + AT
              + "stdout F two\n"
              + AT
              + "stdout F three\n"
              + AT
              + "stdout P rest\n",
          content());
    }
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void manySmallTurns_spoolGivesItsMemoryBack() throws Exception {
    try (var log = adopt()) {
      var line = "x".repeat(9) + "\n";
      for (int i = 0; i < 2_000; i++) {
        say(log, line.repeat(10));
        log.write(LogStream.STDOUT, false);
      }
      assertEquals(200_000, FileRange.size(spool));
      long blocks = (Long) Files.getAttribute(spool.path(), "unix:size") / 4096;
      assertTrue(blocks > 40);
      assertTrue(allocatedPages() <= 1, "pages left: " + allocatedPages());
      assertEquals(20_000, content().lines().count());
    }
  }

  private long allocatedPages() throws IOException {
    var process =
        new ProcessBuilder(
                "stat",
                "-L",
                "-c",
                "%b",
                "/proc/" + ProcessHandle.current().pid() + "/fd/" + spool.number())
            .start();
    return Long.parseLong(
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
        / 8;
  }

  @Test
  void nextShim_goesOnWhereTheLastStopped() throws Exception {
    try (var log = adopt()) {
      say(log, "one\nha");
      log.write(LogStream.STDOUT, false);
      say(log, "lf\ntwo\n");
    } // killed before it wrote
    try (var log = adopt()) {
      log.write(LogStream.STDOUT, false);
      assertEquals(
          AT + "stdout F one\n" + AT + "stdout F half\n" + AT + "stdout F two\n", content());
    }
  }

  /**
   * A write that stopped anywhere, found by the next shim: nothing, part, all of it in the file.
   */
  @Test
  void killedDuringAWrite_everyCutIsRepaired() throws Exception {
    var before = AT + "stdout F zero\n";
    var batch = AT + "stdout F one\n" + AT + "stdout F two\n";
    for (int cut = 0; cut <= batch.length(); cut++) {
      create();
      Files.deleteIfExists(path);
      prepareInterruptedWrite(before);
      Files.writeString(path, before + batch.substring(0, cut));
      try (var log = adopt()) {
        log.write(LogStream.STDOUT, false);
        assertEquals(before + batch, content(), "cut at " + cut);
        say(log, "three\n");
        log.write(LogStream.STDOUT, false);
        assertEquals(before + batch + AT + "stdout F three\n", content());
      }
      close();
    }
  }

  @Test
  void killedDuringAWrite_fileWasRenamed_repairedThere() throws Exception {
    var before = AT + "stdout F zero\n";
    prepareInterruptedWrite(before);
    Files.move(path, dir.resolve("0.log.20260102"));
    try (var log = adopt()) {
      log.write(LogStream.STDOUT, false);
    }
    assertEquals(
        before + AT + "stdout F one\n" + AT + "stdout F two\n",
        Files.readString(dir.resolve("0.log.20260102")));
    assertEquals("", content());
  }

  @Test
  void killedDuringAWrite_fileIsGone_writtenAnew() throws Exception {
    prepareInterruptedWrite(AT + "stdout F zero\n");
    Files.delete(path);
    try (var log = adopt()) {
      log.write(LogStream.STDOUT, false);
    }
    assertEquals(AT + "stdout F one\n" + AT + "stdout F two\n", content());
  }

  /** Leaves file, spool and journal as they are between the journal's entry and the append. */
  private void prepareInterruptedWrite(String before) throws IOException {
    try (var log = adopt()) {
      say(log, "zero\n");
      log.write(LogStream.STDOUT, false);
      say(log, "one\ntwo\n");
      var entry = ByteBuffer.allocateDirect(JournalEntry.BYTES);
      JournalEntry.START
          .consumed(LogStream.STDOUT, 5)
          .writing(
              new JournalEntry.Pending(
                  LogStream.STDOUT,
                  5,
                  13,
                  2 * CriFormat.lineBytes(3),
                  CLOCK.instant().getEpochSecond() * 1_000_000_000L,
                  LogFile.Identity.of(path),
                  before.length()))
          .encode(entry);
      assertEquals(JournalEntry.BYTES, FileRange.write(journal, entry, 0));
    }
  }

  @Test
  void reopen_afterRename_goesOnInANewFile() throws Exception {
    try (var log = adopt()) {
      say(log, "old\n");
      log.write(LogStream.STDOUT, false);
      Files.move(path, dir.resolve("rotated"));
      say(log, "between\n");
      log.write(LogStream.STDOUT, false);
      log.reopen();
      assertEquals("", content());
      say(log, "new\n");
      log.write(LogStream.STDOUT, false);
    }
    assertEquals(
        AT + "stdout F old\n" + AT + "stdout F between\n",
        Files.readString(dir.resolve("rotated")));
    assertEquals(AT + "stdout F new\n", content());
  }

  @Test
  void symbolicLinkAsLog_isRefused() throws Exception {
    var victim = Files.writeString(dir.resolve("victim"), "keep");
    Files.createSymbolicLink(path, victim);
    try (var log = adopt()) {
      log.reopen();
      throw new AssertionError("opened a symbolic link");
    } catch (IOException e) {
      assertEquals("keep", Files.readString(victim));
    }
  }

  @Test
  void fullDisk_dropsTheBatchAndGoesOn() throws Exception {
    Files.createSymbolicLink(dir.resolve("unused"), path);
    try (var log = adopt()) {
      say(log, "one\n");
      Files.delete(path);
      Files.createDirectory(path);
      var failure = assertThrowsIo(log);
      assertTrue(failure.toString().contains(path.toString()), failure.toString());
      log.write(LogStream.STDOUT, false);
      assertEquals(List.of("dropped 4"), problems);
      Files.delete(path);
      say(log, "two\n");
      log.write(LogStream.STDOUT, false);
      assertEquals(AT + "stdout F two\n", content());
      assertEquals(List.of("dropped 4", "written"), problems);
    }
  }

  private static IOException assertThrowsIo(CriLog log) {
    try {
      log.reopen();
    } catch (IOException e) {
      return e;
    }
    throw new AssertionError("reopened a directory");
  }
}
