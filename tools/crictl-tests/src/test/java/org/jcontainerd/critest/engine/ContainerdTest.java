package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** containerd's own shim on the runtime under test, driven by ctr. */
class ContainerdTest extends EngineSuite {
  private Containerd containerd;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    containerd = Containerd.start();
  }

  @AfterAll
  void stop() throws IOException {
    containerd.close();
  }

  @Test
  void run_ofAProgram_passesOnOutputsAndExitCode() throws Exception {
    Answer answer = containerd.run(List.of(), "code", "sh", "-c", "echo out; echo err >&2; exit 6");
    assertEquals("out", answer.ending(6));
    assertEquals("err", answer.stderr().strip());
  }

  @Test
  void run_ofAProgramThatIsNotThere_namesItAndLeavesNothing() throws Exception {
    containerd.run(List.of(), "missing", "no-such-program").refused(1, "no-such-program");
    assertEquals("gone", containerd.status("missing").stdout());
  }

  @Test
  void run_withTerminal_givesOne() throws Exception {
    Answer answer =
        containerd
            .home()
            .onTerminal(
                containerd.command(
                    containerd.runWords(List.of("--rm", "--tty"), "terminal", "tty")));
    answer.showing(0, "/dev/pts/0");
  }

  @Test
  void exec_inARunningTask_passesOnOutputAndExitCode() throws Exception {
    containerd.detached(List.of(), "exec", "sleep", "1000");
    assertEquals(
        "in",
        containerd
            .ctr("task", "exec", "--exec-id", "e1", "exec", "sh", "-c", "echo in; exit 2")
            .ending(2));
    Answer terminal =
        containerd
            .home()
            .onTerminal(
                containerd.command("task", "exec", "--tty", "--exec-id", "e2", "exec", "tty"));
    terminal.showing(0, "/dev/pts/0");
    Answer missing = containerd.ctr("task", "exec", "--exec-id", "e3", "exec", "no-such-program");
    missing.refused(1, "no-such-program");
    containerd.remove("exec");
  }

  @Test
  void pause_andResume_stopAndResumeIt() throws Exception {
    containerd.detached(List.of(), "pause", "sleep", "1000");
    containerd.ctr("task", "pause", "pause").fine();
    assertEquals("PAUSED", containerd.status("pause").stdout());
    containerd.ctr("task", "resume", "pause").fine();
    assertEquals("RUNNING", containerd.status("pause").stdout());
    containerd.remove("pause");
  }

  @Test
  void metrics_andProcesses_ofATaskAreItsCgroups() throws Exception {
    containerd.detached(
        List.of("--memory-limit", "67108864"),
        "metrics",
        "sh",
        "-c",
        "sleep 1000 & exec sleep 1001");
    Answer metrics = containerd.ctr("task", "metrics", "--format", "json", "metrics");
    assertTrue(metrics.fine().replace(" ", "").contains("\"limit\":67108864"), metrics::toString);
    await(
        () -> containerd.ctr("task", "ps", "metrics"),
        all -> all.lines().count() == 3); // a heading and two processes
    containerd.remove("metrics");
  }

  @Test
  void kill_ofATask_isSeenInItsState() throws Exception {
    containerd.detached(List.of(), "kill", "sleep", "1000");
    containerd.ctr("task", "kill", "--signal", "SIGKILL", "kill").fine();
    await(() -> containerd.status("kill"), "STOPPED"::equals);
    assertTrue(containerd.ctr("task", "ls").fine().contains("kill"));
    containerd.remove("kill");
  }

  @Test
  void kill_ofAllProcesses_endsThoseWithoutAPidNamespaceOfTheirOwn() throws Exception {
    containerd.detached(
        List.of("--with-ns", "pid:/proc/1/ns/pid"), "all", "sh", "-c", "sleep 1000 & sleep 1001");
    containerd.ctr("task", "kill", "--all", "--signal", "SIGKILL", "all").fine();
    await(() -> containerd.status("all"), "STOPPED"::equals);
    containerd.remove("all");
  }

  @Test
  void options_ofCtr_areSeenFromWithin() throws Exception {
    Path file = containerd.home().file("mounted/file", "content\n");
    Answer answer =
        containerd.run(
            List.of(
                "--read-only",
                "--env",
                "NAME=value",
                "--cwd",
                "/tmp",
                "--seccomp",
                "--mount",
                "type=bind,src=" + file.getParent() + ",dst=/var,options=rbind:ro"),
            "options",
            "sh",
            "-c",
            "echo $NAME; pwd; cat /var/file; grep -c 'Seccomp:.2' /proc/self/status;"
                + " grep -c 'NoNewPrivs:.1' /proc/self/status; touch /x");
    assertEquals("value\n/tmp\ncontent\n1\n1", answer.ending(1));
    assertTrue(answer.stderr().contains("Read-only file system"), answer::toString);
  }
}
