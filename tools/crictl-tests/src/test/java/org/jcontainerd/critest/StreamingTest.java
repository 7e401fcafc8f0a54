package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.testing.runtime.Locations;
import org.junit.jupiter.api.Test;

/** Exec and attach over SPDY, by our client: against the reference it proves the client. */
class StreamingTest extends CriSuite {

  private record Ended(int code, String output) {}

  private Ended jctl(String input, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Locations.program("bin/jctl").toString());
    command.add("--address");
    command.add(runtime().socket().toString());
    command.addAll(arguments);
    return run(command, input);
  }

  private static Ended run(List<String> command, String input)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "ends: " + command);
    return new Ended(process.exitValue(), output);
  }

  @Test
  void exec_withInput_copiesItAndPassesTheExitCode() throws Exception {
    String id = startShell("exec", "sleep 3600");
    var ended = jctl("some input\n", List.of("exec", "-i", id, "sh", "-c", "cat; exit 5"));
    assertEquals(new Ended(5, "some input\n"), ended);
  }

  @Test
  void exec_withMuchInput_losesNothing() throws Exception {
    String id = startShell("much", "sleep 3600");
    String input = "0123456789abcde\n".repeat(200_000);
    var ended = jctl(input, List.of("exec", "-i", id, "sh", "-c", "wc -c"));
    assertEquals("3200000", ended.output().strip());
  }

  @Test
  void exec_withATerminal_hasOne() throws Exception {
    String id = startShell("terminal", "sleep 3600");
    String jctl =
        Locations.program("bin/jctl") + " --address " + runtime().socket() + " exec -it " + id;
    var ended = run(List.of("script", "-qec", jctl + " sh -c 'tty; exit 6'", "/dev/null"), "");
    assertTrue(ended.output().contains("/dev/pts/"), ended.output());
    assertEquals(6, ended.code(), ended.output());
  }
}
