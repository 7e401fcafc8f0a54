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
    Answer other =
        containerd.ctr(
            "task",
            "exec",
            "--exec-id",
            "e2",
            "--user",
            "33",
            "--cwd",
            "/tmp",
            "exec",
            "sh",
            "-c",
            "id -u; pwd");
    assertEquals(List.of("33", "/tmp"), other.lines());
    converse(
        containerd.home(),
        containerd.command("task", "exec", "--tty", "--exec-id", "talk", "exec", "sh"));
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
  void kill_withASignal_reachesTheProgram() throws Exception {
    containerd.detached(
        List.of(),
        "signal",
        "sh",
        "-c",
        "trap 'exit 9' USR1; touch /up; while :; do sleep 0.1; done");
    await(
        () -> containerd.ctr("task", "exec", "--exec-id", "look", "signal", "ls", "/up"),
        "/up"::equals);
    containerd.ctr("task", "kill", "--signal", "SIGUSR1", "signal").fine();
    await(() -> containerd.status("signal"), "STOPPED"::equals);
    Answer removed = containerd.ctr("task", "rm", "signal");
    assertTrue(removed.stderr().contains("exit code 9"), removed::toString);
    containerd.ctr("container", "rm", "signal").fine();
  }

  @Test
  void kill_ofAllProcesses_endsThoseWithoutAPidNamespaceOfTheirOwn() throws Exception {
    // not that of pid 1, which may have more capabilities than root has here
    String host = "/proc/" + ProcessHandle.current().pid() + "/ns/pid";
    containerd.detached(
        List.of("--with-ns", "pid:" + host), "all", "sh", "-c", "sleep 1000 & sleep 1001");
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

  @Test
  void limitsDevicesAndCapabilities_areAsAsked() throws Exception {
    containerd.detached(
        List.of(
            "--memory-limit",
            "67108864",
            "--cpus",
            "0.5",
            "--cap-drop",
            "CAP_CHOWN",
            "--cap-add",
            "CAP_SYS_TIME",
            "--device",
            "/dev/fuse",
            "--allow-new-privs"),
        "limited",
        "sleep",
        "1000");
    // ctr mounts no cgroups
    assertEquals("67108864", containerd.cgroup("limited", "memory/%s/memory.limit_in_bytes"));
    assertEquals("50000", containerd.cgroup("limited", "cpu/%s/cpu.cfs_quota_us"));
    Answer within =
        containerd.ctr(
            "task",
            "exec",
            "--exec-id",
            "look",
            "limited",
            "sh",
            "-c",
            """
            grep CapBnd /proc/1/status | cut -f 2; grep NoNewPrivs /proc/1/status | cut -f 2
            true < /dev/fuse && echo open
            """);
    // ctr's capabilities without 0 (CAP_CHOWN), with 25 (CAP_SYS_TIME)
    assertEquals(List.of("00000000aa0425fa", "0", "open"), within.lines());
    containerd.remove("limited");
  }

  @Test
  void privileged_hasAllCapabilities() throws Exception {
    assertPrivileged(
        containerd
            .run(
                List.of("--privileged"),
                "privileged",
                "sh",
                "-c",
                "grep CapEff /proc/self/status | cut -f 2")
            .fine());
  }

  @Test
  void seccomp_profileOfAFile_isInForce() throws Exception {
    Path profile = containerd.home().file("seccomp.json", NO_DIRECTORIES);
    containerd
        .run(
            List.of("--seccomp", "--seccomp-profile", profile.toString()),
            "seccomp",
            "mkdir",
            "/tmp/x")
        .refused(1, "quota exceeded");
    containerd.run(List.of(), "unconfined", "mkdir", "/tmp/x").fine();
  }

  @Test
  void userNamespace_mapsIdsAndOwnsTheRoot() throws Exception {
    Answer answer =
        containerd.run(
            List.of("--uidmap", "0:100000:1000", "--gidmap", "0:200000:1000"),
            "mapped",
            "sh",
            "-c",
            "cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /bin; touch /x && echo made");
    assertEquals("0 100000 1000", answer.lines().get(0).replaceAll(" +", " "), answer::toString);
    assertEquals("0 200000 1000", answer.lines().get(1).replaceAll(" +", " "), answer::toString);
    assertEquals(List.of("0:0", "made"), answer.lines().subList(2, 4));
  }

  @Test
  void run_outOfMemory_isKilledAndReported() throws Exception {
    try (Conversation events =
        Conversation.start(containerd.home(), containerd.command("events"))) {
      await(
          () -> {
            containerd.ctr("image", "label", Containerd.IMAGE, "heard=yes").fine();
            return events.shown();
          },
          said -> said.contains("/images/update"));
      containerd
          .run(List.of("--memory-limit", "16777216"), "greedy", "tail", "/dev/zero")
          .ending(137);
      events.await("/tasks/oom {\"container_id\":\"greedy\"}");
    }
  }

  @Test
  void checkpoint_andRestore_goOnWhereItWas() throws Exception {
    assumeCheckpoints(containerd.runtime());
    containerd.detached(List.of(), "saved", "sh", "-c", "mkdir -p /t; " + COUNTING);
    Question written =
        () -> containerd.ctr("task", "exec", "--exec-id", "look", "saved", "cat", "/t/count");
    await(written, now -> count(now) > 5);
    String before = written.ask().fine();
    containerd
        .ctr("container", "checkpoint", "--rw", "--image", "--task", "saved", "jc/saved")
        .fine();
    assertEquals("RUNNING", containerd.status("saved").stdout());
    containerd.remove("saved");
    containerd.ctr("container", "restore", "--rw", "--live", "saved", "jc/saved").fine();
    assertEquals("RUNNING", containerd.status("saved").stdout());
    assertGoesOn(before, written);
    containerd.remove("saved");
    containerd.ctr("image", "rm", "jc/saved").fine();
  }
}
