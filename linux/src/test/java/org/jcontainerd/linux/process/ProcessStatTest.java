package org.jcontainerd.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessStatTest {
  private static final String REST =
      " S 1 42 43 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 18446744073709551615 0 0\n";

  @TempDir Path proc;

  @Test
  void parse_commandWithParenthesesAndSpaces_isRight() {
    for (String command : List.of("sh", "a) R 2 (b", "((", ") ", "")) {
      ProcessStat stat = ProcessStat.parse("42 (" + command + ")" + REST);
      assertEquals(new ProcessStat(42, command, 'S', 1, 42, 43, 987654), stat);
    }
  }

  @Test
  void parse_noStat_isRefused() {
    for (String line : List.of("", "42", "42 (x) S 1", ")(")) {
      assertThrows(IllegalArgumentException.class, () -> ProcessStat.parse(line));
    }
  }

  @Test
  void read_fakeTree_findsTheProcessOrNone() throws Exception {
    Files.createDirectory(proc.resolve("42"));
    Files.writeString(proc.resolve("42/stat"), "42 (x)" + REST);
    assertEquals(987654, ProcessStat.read(proc, 42).orElseThrow().startTicks());
    assertEquals(Optional.empty(), ProcessStat.read(proc, 43));
  }

  @Test
  void read_self_agreesWithTheJdk() throws Exception {
    int self = (int) ProcessHandle.current().pid();
    ProcessStat stat = ProcessStat.read(self).orElseThrow();
    assertEquals(self, stat.pid());
    assertEquals(ProcessHandle.current().parent().orElseThrow().pid(), stat.parent());
    assertTrue(ProcessStat.startTicks(self).getAsLong() > 0);
  }
}
