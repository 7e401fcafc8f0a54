package org.jcontainerd.jctl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LogFileTest {
  @TempDir private Path directory;

  private static String line(String content) {
    return "2026-01-02T03:04:05.678901234Z stdout F " + content + "\n";
  }

  @Test
  void parse_linesOfEitherKind_readsTagsAndContent() {
    assertEquals(
        new LogLine("t", true, true, "a b "), LogLine.parse("t stderr P:x a b ").orElseThrow());
    assertEquals(new LogLine("t", false, false, ""), LogLine.parse("t stdout F ").orElseThrow());
    assertEquals(java.util.Optional.empty(), LogLine.parse("not a log line"));
  }

  @Test
  void read_leavesOutAnUnfinishedLine() throws IOException {
    Path log = directory.resolve("0.log");
    Files.writeString(log, line("one") + line("two") + "2026 stdout F thr");
    var seen = new java.util.ArrayList<String>();
    new LogFile(log, each -> seen.add(each.content())).read();
    assertEquals(List.of("one", "two"), seen);
  }

  @Test
  void follow_acrossARotation_seesEveryLineOnce() throws Exception {
    Path log = directory.resolve("0.log");
    Files.writeString(log, line("one"));
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    var over = new AtomicBoolean();
    Thread follower =
        Thread.startVirtualThread(() -> {
          try {
            new LogFile(log, each -> seen.add(each.content())).follow(over::get);
          } catch (IOException | InterruptedException e) {
            seen.add("failed: " + e);
          }
        });
    assertEquals("one", seen.poll(10, TimeUnit.SECONDS));
    Files.writeString(log, line("two"), StandardOpenOption.APPEND);
    assertEquals("two", seen.poll(10, TimeUnit.SECONDS));
    Path next = directory.resolve("next");
    Files.writeString(next, line("four"));
    Files.writeString(log, line("three"), StandardOpenOption.APPEND);
    Files.move(log, directory.resolve("0.log.1"));
    Files.move(next, log);
    assertEquals("three", seen.poll(10, TimeUnit.SECONDS));
    assertEquals("four", seen.poll(10, TimeUnit.SECONDS));
    over.set(true);
    follower.join();
    assertEquals(List.of(), List.copyOf(seen));
  }
}
