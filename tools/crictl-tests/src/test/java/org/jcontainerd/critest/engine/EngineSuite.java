package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.Locations;
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
  /**
   * The capabilities that every engine knows, up to CAP_AUDIT_READ (37): dockerd 20.10 has not
   * heard of later ones.
   */
  private static final long KNOWN_CAPABILITIES = (1L << 38) - 1;

  /** A seccomp profile: EDQUOT instead of a new directory. */
  static final String NO_DIRECTORIES =
      """
      {"defaultAction": "SCMP_ACT_ALLOW",
       "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 122}]}
      """;

  /** Counts, and tells since when, in variables of the shell: they live on if its memory does. */
  static final String COUNTING =
      "read since rest < /proc/uptime; i=0; while true; do i=$((i+1)); echo $i $since > /t/next;"
          + " mv /t/next /t/count; sleep 0.05; done";

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
   * A privileged container has what this process has.
   *
   * @param effective as in proc_pid_status(5)
   */
  static void assertPrivileged(String effective) throws IOException {
    assertEquals(ownCapabilities(), Long.parseLong(effective, 16) & KNOWN_CAPABILITIES, effective);
  }

  /** Whether root lacks nothing here; in many containers and machines it does. */
  static boolean hasAllCapabilities() throws IOException {
    return ownCapabilities() == KNOWN_CAPABILITIES;
  }

  private static long ownCapabilities() throws IOException {
    String effective =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .map(line -> line.substring(line.indexOf('\t') + 1))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(effective, 16) & KNOWN_CAPABILITIES;
  }

  /**
   * A shell in a container takes part in a conversation: it has the terminal's size, reads what is
   * typed, and what it runs is interrupted from the keyboard.
   *
   * @param shell a command of an engine that runs sh on a terminal
   */
  static void converse(EngineHome home, List<String> shell)
      throws IOException, InterruptedException {
    try (Conversation terminal = Conversation.start(home, shell)) {
      // engines tell the size after the start
      terminal.type("until [ \"$(stty size)\" = '33 77' ]; do sleep 0.1; done; echo size: $?");
      terminal.await("size: 0").type("echo sum: $((6 * 7)); tty").await("sum: 42");
      // what is awaited is not in what is typed, which the terminal shows too
      terminal.await("/dev/pts/0").type("sh -c 'echo asleep: $((3 * 3)); sleep 1000'");
      terminal.await("asleep: 9");
      terminal.interrupt().type("echo status: $?").await("status: 130").type("exit 4");
      terminal.end().ending(4);
    }
  }

  /** Whether criu can save and restore a process here, and this runtime can make use of it. */
  static void assumeCheckpoints(OciRuntime runtime) {
    assumeTrue(
        Files.isExecutable(Locations.peers().resolve("bin/criu")),
        "criu: no release of it works on this kernel");
    assumeFalse(runtime.name().equals("crun"), "crun: the distribution builds it without criu");
  }

  /** The count that {@link #COUNTING} has written; -1 as long as there is none. */
  static int count(String written) {
    return written.isEmpty() ? -1 : Integer.parseInt(written.substring(0, written.indexOf(' ')));
  }

  /** Waits until the count has grown, and checks that it is the one that was written before. */
  static void assertGoesOn(String before, Question written)
      throws IOException, InterruptedException {
    int restored = count(written.ask().fine());
    assertTrue(restored >= count(before), "restored at " + restored + ", was at " + before);
    await(written, now -> count(now) > restored + 2);
    String now = written.ask().fine();
    assertEquals(
        before.substring(before.indexOf(' ')), now.substring(now.indexOf(' ')), "the same shell");
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
      Thread.sleep(200);
      answer = question.ask();
    }
  }
}
