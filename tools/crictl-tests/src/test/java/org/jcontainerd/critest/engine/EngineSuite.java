package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jcontainerd.testing.leak.HostState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What the tests of unmodified engines on an OCI runtime share: a class starts its engine before
 * its first test, and no test leaves anything on the host.
 */
@Tag("engine")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EngineSuite {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Optional<HostState> before = Optional.empty();

  /** Commands of the engine, which may fail in every way that a command can. */
  interface Question {
    Answer ask() throws IOException, InterruptedException;
  }

  @BeforeEach
  void rememberHost() throws IOException {
    before = Optional.of(HostState.capture());
  }

  @AfterEach
  void lookForLeaks() throws IOException, InterruptedException {
    if (before.isPresent()) {
      assertEquals(List.of(), before.get().left(), "left behind on the host");
    }
  }

  /**
   * A privileged container has what this process has, of the capabilities that every engine knows:
   * those up to CAP_AUDIT_READ (37); dockerd 20.10 has not heard of later ones.
   *
   * @param effective as in proc_pid_status(5)
   */
  static void assertPrivileged(String effective) throws IOException {
    long known = (1L << 38) - 1;
    String ours =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .map(line -> line.substring(line.indexOf('\t') + 1))
            .findFirst()
            .orElseThrow();
    assertEquals(
        Long.parseLong(ours, 16) & known, Long.parseLong(effective, 16) & known, effective);
  }

  /** Asks until the answer is as wanted. */
  static void await(Question question, Predicate<String> wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = question.ask();
    while (!wanted.test(answer.stdout())) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not as wanted within " + PATIENCE + ": " + answer);
      }
      Thread.sleep(50);
      answer = question.ask();
    }
  }
}
