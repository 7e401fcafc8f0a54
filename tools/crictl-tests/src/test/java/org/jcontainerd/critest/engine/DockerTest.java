package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** dockerd's containers on the runtime under test. */
class DockerTest extends EngineSuite {
  private Docker docker;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    docker = Docker.start();
  }

  @AfterAll
  void stop() throws IOException {
    docker.close();
  }

  /** An exit code that dockerd finds by what runc says; it does not know crun's words. */
  private int code(int onRunc) {
    return docker.runtime().name().equals("crun") ? 125 : onRunc;
  }

  @Test
  void run_ofAProgram_passesOnOutputsAndExitCode() throws Exception {
    Answer answer = docker.run(List.of(), "echo out; echo err >&2; exit 5");
    assertEquals("out", answer.ending(5));
    assertEquals("err", answer.stderr().strip());
  }

  @Test
  void run_ofAProgramThatIsNotThere_is127AndNamesIt() throws Exception {
    docker.runProgram(List.of(), "no-such-program").refused(code(127), "no-such-program");
  }

  @Test
  void run_ofAFileThatIsNoProgram_is126() throws Exception {
    docker.runProgram(List.of(), "/etc/passwd").refused(code(126), "ermission denied");
  }

  @Test
  void terminal_ofRunAndExec_isThere() throws Exception {
    var run = docker.command("run", "--rm", "-it", "--network", "none", Docker.IMAGE, "tty");
    docker.home().onTerminal(run).showing(0, "/dev/pts/0");
    docker.detached("terminal", List.of(), "exec sleep 1000");
    converse(docker.home(), docker.command("exec", "-it", "terminal", "sh"));
    docker.remove("terminal");
  }

  @Test
  void exec_inARunningContainer_passesOnOutputAndExitCode() throws Exception {
    docker.detached("exec", List.of(), "exec sleep 1000");
    assertEquals("in", docker.docker("exec", "exec", "sh", "-c", "echo in; exit 3").ending(3));
    assertEquals(
        "33 /tmp v",
        docker
            .docker(
                "exec",
                "-u",
                "33",
                "-w",
                "/tmp",
                "-e",
                "N=v",
                "exec",
                "sh",
                "-c",
                "echo $(id -u) $PWD $N")
            .fine());
    Answer missing = docker.docker("exec", "exec", "no-such-program");
    assertTrue(missing.code() == 126 || missing.code() == 127, missing::toString);
    assertTrue(missing.stdout().contains("no-such-program"), missing::toString);
    docker.remove("exec");
  }

  @Test
  void logs_ofAContainer_haveBothStreams() throws Exception {
    docker.detached("logs", List.of(), "echo one; echo two >&2");
    assertEquals("0", docker.docker("wait", "logs").fine());
    Answer logs = docker.docker("logs", "logs");
    assertEquals("one", logs.fine());
    assertEquals("two", logs.stderr().strip());
    docker.remove("logs");
  }

  @Test
  void stats_topAndUpdate_actOnTheCgroup() throws Exception {
    docker.detached("cgroup", List.of("--memory", "64m"), "exec sleep 1000");
    Answer stats =
        docker.docker("stats", "--no-stream", "--format", "{{.PIDs}} {{.MemUsage}}", "cgroup");
    assertTrue(stats.fine().matches("1 .* / 64MiB"), stats::toString);
    assertTrue(docker.docker("top", "cgroup").fine().contains("sleep 1000"));
    docker
        .docker(
            "update",
            "--memory",
            "96m",
            "--memory-swap",
            "192m",
            "--pids-limit",
            "44",
            "--cpus",
            "0.5",
            "cgroup")
        .fine();
    Answer limits =
        docker.docker(
            "exec",
            "cgroup",
            "sh",
            "-c",
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes"
                + " pids/pids.max cpu/cpu.cfs_quota_us");
    assertEquals(List.of("100663296", "201326592", "44", "50000"), limits.lines());
    docker.remove("cgroup");
  }

  @Test
  void pause_andUnpause_stopAndResumeIt() throws Exception {
    docker.detached("pause", List.of(), "exec sleep 1000");
    docker.docker("pause", "pause").fine();
    assertEquals("paused", docker.inspect("pause", "State.Status").fine());
    docker.docker("unpause", "pause").fine();
    assertEquals("on", docker.docker("exec", "pause", "echo", "on").fine());
    docker.remove("pause");
  }

  @Test
  void kill_andStart_areSeenInItsState() throws Exception {
    docker.detached("kill", List.of(), "exec sleep 1000");
    docker.docker("kill", "kill").fine();
    assertEquals("137", docker.docker("wait", "kill").fine());
    assertEquals("exited 137", docker.inspect("kill", "State.Status}} {{.State.ExitCode").fine());
    docker.docker("start", "kill").fine();
    assertEquals("again", docker.docker("exec", "kill", "echo", "again").fine());
    docker.remove("kill");
  }

  @Test
  void kill_withASignal_reachesTheProgram() throws Exception {
    docker.detached(
        "signal", List.of(), "trap 'exit 9' USR1; echo up; while :; do sleep 0.1; done");
    await(() -> docker.docker("logs", "signal"), "up"::equals);
    docker.docker("kill", "--signal", "USR1", "signal").fine();
    assertEquals("9", docker.docker("wait", "signal").fine());
    docker.remove("signal");
  }

  @Test
  void run_outOfMemory_isKilledAndReported() throws Exception {
    docker.detached("greedy", List.of("--memory", "16m"), "exec tail /dev/zero");
    assertEquals("137", docker.docker("wait", "greedy").fine());
    await(() -> docker.inspect("greedy", "State.OOMKilled"), "true"::equals);
    docker.remove("greedy");
  }

  @Test
  void checkpoint_andStartFromIt_goOnWhereItWas() throws Exception {
    assumeCheckpoints(docker.runtime());
    docker.detached("saved", List.of(), "mkdir -p /t; " + COUNTING);
    Question written = () -> docker.docker("exec", "saved", "cat", "/t/count");
    await(written, now -> count(now) > 5);
    String before = written.ask().fine();
    docker.docker("checkpoint", "create", "saved", "once").fine();
    assertEquals("exited", docker.inspect("saved", "State.Status").fine());
    assertTrue(docker.docker("checkpoint", "ls", "saved").lines().contains("once"));
    docker.docker("start", "--checkpoint", "once", "saved").fine();
    assertEquals("running", docker.inspect("saved", "State.Status").fine());
    assertGoesOn(before, written);
    docker.remove("saved");
  }

  @Test
  void stop_ofAProcessThatIgnoresTerm_killsItInTheEnd() throws Exception {
    docker.detached("stubborn", List.of(), "trap '' TERM; echo up; while :; do sleep 0.1; done");
    await(() -> docker.docker("logs", "stubborn"), "up"::equals);
    docker.docker("stop", "--time", "1", "stubborn").fine();
    assertEquals("137", docker.inspect("stubborn", "State.ExitCode").fine());
    docker.remove("stubborn");
  }

  @Test
  void healthcheck_ofAContainer_runsItsCommand() throws Exception {
    docker.detached(
        "health",
        List.of(
            "--health-cmd",
            "test -e /healthy",
            "--health-interval",
            "200ms",
            "--health-retries",
            "1"),
        "exec sleep 1000");
    await(() -> docker.inspect("health", "State.Health.Status"), "unhealthy"::equals);
    docker.docker("exec", "health", "touch", "/healthy").fine();
    await(() -> docker.inspect("health", "State.Health.Status"), "healthy"::equals);
    docker.remove("health");
  }

  @Test
  void restart_onFailure_startsItSoOften() throws Exception {
    docker.detached("restart", List.of("--restart", "on-failure:2"), "exit 5");
    await(
        () -> docker.inspect("restart", "RestartCount}} {{.State.Status}} {{.State.ExitCode"),
        "2 exited 5"::equals);
    docker.remove("restart");
  }

  @Test
  void options_ofRun_areSeenFromWithin() throws Exception {
    Answer answer =
        docker.run(
            List.of(
                "--read-only",
                "--tmpfs",
                "/t:size=1m",
                "--user",
                "33:44",
                "--hostname",
                "box",
                "--workdir",
                "/tmp",
                "--security-opt",
                "no-new-privileges",
                "--ulimit",
                "nofile=99:100",
                "--sysctl",
                "kernel.msgmax=9000",
                "--cap-drop",
                "ALL",
                "--cap-add",
                "NET_RAW",
                "--device",
                "/dev/zero:/dev/mine:r",
                "--pids-limit",
                "33",
                "--memory",
                "64m",
                "--cpus",
                "0.5"),
            """
            id -u; id -g; hostname; pwd; ulimit -Sn; ulimit -Hn; cat /proc/sys/kernel/msgmax
            head -c 3 /dev/mine | wc -c; grep NoNewPrivs /proc/self/status | cut -f 2
            cd /sys/fs/cgroup
            cat pids/pids.max memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us
            touch /t/x && echo made; touch /x
            """);
    assertEquals(
        "33 44 box /tmp 99 100 9000 3 1 33 67108864 50000 made",
        answer.ending(1).replaceAll("\\s+", " "));
    assertTrue(answer.stderr().contains("Read-only file system"), answer::toString);
  }

  @Test
  void init_isTheFirstProcess() throws Exception {
    assertEquals("docker-init", docker.run(List.of("--init"), "cat /proc/1/comm").fine());
  }

  @Test
  void namespacesAndDevices_ofTheHost_areShared() throws Exception {
    Answer seen =
        docker.run(
            List.of(
                "--pid",
                "host",
                "--ipc",
                "host",
                "--cap-add",
                "MKNOD",
                "--device-cgroup-rule",
                "c 10:229 r"),
            """
            readlink /proc/self/ns/pid; readlink /proc/self/ns/ipc
            mknod /f c 10 229; true < /f && echo read; echo > /f
            """);
    assertEquals(
        Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
            + "\n"
            + Files.readSymbolicLink(Path.of("/proc/self/ns/ipc"))
            + "\nread",
        seen.ending(1));
    assertTrue(seen.stderr().contains("not permitted"), seen::toString);
  }

  @Test
  void capabilities_ofAPrivilegedContainer_areAll() throws Exception {
    assumeTrue(
        hasAllCapabilities() || docker.runtime().name().equals("jrunc"),
        "runc, crun: fail at a capability that root itself lacks here; jrunc leaves it out");
    String effective = "grep CapEff /proc/self/status | cut -f 2";
    assertPrivileged(docker.run(List.of("--privileged"), effective).fine());
  }

  @Test
  void seccomp_profileOfAFile_isInForce() throws Exception {
    Path profile = docker.home().file("seccomp.json", NO_DIRECTORIES);
    docker
        .run(List.of("--security-opt", "seccomp=" + profile), "mkdir /tmp/x")
        .refused(1, "quota exceeded");
    docker.run(List.of("--security-opt", "seccomp=unconfined"), "mkdir /tmp/x").fine();
    assertEquals("2", docker.run(List.of(), "grep Seccomp: /proc/self/status | cut -f 2").fine());
  }

  @Test
  void volumes_areBoundAndKept() throws Exception {
    Path file = docker.home().file("volume/file", "content\n");
    Answer readOnly =
        docker.run(List.of("-v", file.getParent() + ":/v:ro"), "cat /v/file; touch /v/other");
    assertEquals("content", readOnly.ending(1));
    docker.run(List.of("-v", file.getParent() + ":/v"), "echo text > /v/file").fine();
    assertEquals("text\n", Files.readString(file));
    docker.run(List.of("-v", "kept:/v"), "echo kept > /v/file").fine();
    assertEquals("kept", docker.run(List.of("-v", "kept:/v"), "cat /v/file").fine());
    docker.docker("volume", "rm", "kept").fine();
  }

  @Test
  void volume_withPropagation_isAPeerOrASlaveOfTheHosts() throws Exception {
    Path volume = docker.home().file("shared/file", "").getParent();
    docker.home().run(List.of("mount", "--bind", volume.toString(), volume.toString())).fine();
    docker.home().run(List.of("mount", "--make-shared", volume.toString())).fine();
    try {
      Answer seen =
          docker.run(
              List.of("-v", volume + ":/peer:rshared", "-v", volume + ":/slave:rslave"),
              "for v in peer slave; do grep \" /$v \" /proc/self/mountinfo; done");
      assertEquals(2, seen.lines().size(), seen::toString);
      assertTrue(seen.lines().get(0).contains(" shared:"), seen::toString);
      assertTrue(seen.lines().get(1).contains(" master:"), seen::toString);
    } finally {
      docker.home().run(List.of("umount", volume.toString())).fine();
    }
  }

  @Test
  void build_ofADockerfileWithRun_runsItsCommands() throws Exception {
    docker
        .home()
        .file("context/Dockerfile", "FROM busybox\nRUN echo built > /built\nCMD cat /built\n");
    docker
        .docker("build", "--network", "none", "-t", "made", docker.home().directory() + "/context")
        .fine();
    var made = docker.docker("run", "--rm", "--network", "none", "made");
    assertEquals("built", made.fine());
  }
}
