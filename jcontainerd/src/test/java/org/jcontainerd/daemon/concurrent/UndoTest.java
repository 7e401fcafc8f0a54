package org.jcontainerd.daemon.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UndoTest {
  private final List<String> done = new ArrayList<>();

  @Test
  void close_withoutCommit_runsAllInReverse() throws Exception {
    try (var undo = new Undo("test")) {
      undo.push("a", () -> done.add("a"));
      undo.push("b", () -> done.add("b"));
    }
    assertEquals(List.of("b", "a"), done);
  }

  @Test
  void close_afterCommit_runsNothing() throws Exception {
    try (var undo = new Undo("test")) {
      undo.push("a", () -> done.add("a"));
      undo.commit();
    }
    assertEquals(List.of(), done);
  }

  @Test
  void close_failingStep_goesOnAndReportsIt() {
    var undo = new Undo("run pod 'x'");
    undo.push("a", () -> done.add("a"));
    undo.push(
        "b",
        () -> {
          throw new IOException("disk full");
        });
    var e = assertThrows(UndoException.class, undo::close);
    assertEquals(List.of("a"), done);
    assertEquals("undo step 'b' of run pod 'x': disk full", e.getSuppressed()[0].getMessage());
  }

  @Test
  void close_secondTime_doesNothing() throws Exception {
    var undo = new Undo("test");
    undo.push("a", () -> done.add("a"));
    undo.close();
    undo.close();
    assertEquals(List.of("a"), done);
  }
}
