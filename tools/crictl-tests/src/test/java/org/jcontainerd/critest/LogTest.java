package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jcontainerd.api.cri.v1.ReopenContainerLogRequest;
import org.junit.jupiter.api.Test;

/** CRI log files. */
class LogTest extends CriSuite {

  private Path log(String id) {
    return Path.of(status(id).getLogPath());
  }

  @Test
  void log_ofBothStreams_hasTimeStreamTagAndContent() throws Exception {
    String id = startShell("format", "echo one; echo two >&2; printf 'no end'");
    awaitExit(id);
    List<String> lines = await(() -> read(log(id)), all -> all.size() == 3, "three lines");
    for (String line : lines) {
      var _ = Instant.parse(line.split(" ")[0]); // throws if it is not a time
    }
    var contents = lines.stream().map(line -> line.split(" ", 2)[1]).sorted().toList();
    assertEquals("stderr F two", contents.get(0));
    assertEquals("stdout F one", contents.get(1));
    assertTrue(contents.get(2).matches("stdout [PF] no end"), contents.get(2));
  }

  @Test
  void log_ofALongLine_isSplitIntoPartialLines() throws Exception {
    String id = startShell("long", "head -c 40000 /dev/zero | tr '\\0' x; echo");
    awaitExit(id);
    List<String> lines = await(() -> read(log(id)), all -> ends(all), "the last line");
    var content = new StringBuilder();
    for (String line : lines) {
      String[] parts = line.split(" ", 4);
      content.append(parts.length == 4 ? parts[3] : "");
    }
    assertEquals("x".repeat(40000), content.toString());
    assertTrue(lines.size() >= 3, () -> lines.size() + " lines");
    assertTrue(lines.getFirst().split(" ")[2].equals("P"));
  }

  private static boolean ends(List<String> lines) {
    return !lines.isEmpty() && lines.getLast().split(" ")[2].equals("F");
  }

  @Test
  void reopen_afterARename_goesOnInANewFileWithoutALostLine() throws Exception {
    String id = startShell("reopen", "i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done");
    Path log = log(id);
    await(() -> read(log), all -> all.size() > 5, "some lines");
    Path rotated = log.resolveSibling("rotated.log");
    Files.move(log, rotated);
    var _ =
        cri()
            .runtime()
            .reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(id).build());
    assertTrue(Files.exists(log), "the new file is there at once");
    await(() -> read(log), all -> all.size() > 5, "lines in the new file");
    var numbers =
        java.util.stream.Stream.concat(read(rotated).stream(), read(log).stream())
            .map(line -> Integer.parseInt(line.split(" ", 4)[3]))
            .toList();
    assertEquals(IntStream.rangeClosed(1, numbers.size()).boxed().toList(), numbers);
  }

  @Test
  void reopen_ofUnknownContainer_isRefused() {
    var request = ReopenContainerLogRequest.newBuilder().setContainerId("feedfeed").build();
    var _ = refused(() -> cri().runtime().reopenContainerLog(request));
  }

  private static List<String> read(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
