package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The life of podman's containers. */
class PodmanLifeTest extends EngineSuite {
  private Podman podman;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    podman = Podman.start();
  }

  @AfterAll
  void stop() throws IOException {
    podman.close();
  }

  @Test
  void run_ofAProgram_passesOnOutputsAndExitCode() throws Exception {
    Answer answer = podman.run("echo out; echo err >&2; exit 7");
    assertEquals("out", answer.ending(7));
    assertEquals("err", answer.stderr().strip());
  }

  @Test
  void run_ofAProgramThatIsNotThere_is127AndNamesIt() throws Exception {
    podman.runWith(List.of(), "no-such-program").refused(127, "no-such-program");
  }

  @Test
  void run_ofAFileThatIsNoProgram_is126() throws Exception {
    podman.runWith(List.of(), "/etc/passwd").refused(126, "ermission denied");
  }

  @Test
  void run_withTerminal_givesOne() throws Exception {
    Answer answer =
        podman.home().onTerminal(podman.command("run", "--rm", "-it", podman.image(), "tty"));
    answer.showing(0, "/dev/pts/0");
  }

  @Test
  void exec_inARunningContainer_passesOnOutputAndExitCode() throws Exception {
    podman.detached("exec", List.of(), "exec sleep 1000");
    assertEquals("in", podman.podman("exec", "exec", "sh", "-c", "echo in; exit 3").ending(3));
    assertEquals(
        "33 /tmp v",
        podman
            .podman(
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
    podman.podman("exec", "exec", "no-such-program").refused(127, "no-such-program");
    podman.remove("exec");
  }

  @Test
  void exec_withTerminal_isAConversation() throws Exception {
    podman.detached("terminal", List.of(), "exec sleep 1000");
    converse(podman.home(), podman.command("exec", "-it", "terminal", "sh"));
    podman.remove("terminal");
  }

  @Test
  void logs_ofAContainer_haveBothStreams() throws Exception {
    podman.detached("logs", List.of(), "echo one; echo two >&2");
    assertEquals("0", podman.podman("wait", "logs").fine());
    Answer logs = podman.podman("logs", "logs");
    assertEquals("one", logs.fine());
    assertEquals("two", logs.stderr().strip());
    podman.remove("logs");
  }

  @Test
  void statsTopAndUpdate_actOnTheCgroup() throws Exception {
    podman.detached("cgroup", List.of("--memory", "64m"), "exec sleep 1000");
    Answer stats =
        podman.podman("stats", "--no-stream", "--format", "{{.PIDs}} {{.MemUsage}}", "cgroup");
    assertTrue(stats.fine().matches("1 .* / 67\\.11MB"), stats::toString);
    assertTrue(podman.podman("top", "cgroup", "args").lines().contains("sleep 1000"));
    podman
        .podman("update", "--memory", "96m", "--memory-swap", "192m", "--cpus", "0.5", "cgroup")
        .fine();
    Answer limits =
        podman.podman(
            "exec",
            "cgroup",
            "sh",
            "-c",
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes"
                + " cpu/cpu.cfs_quota_us");
    assertEquals(List.of("100663296", "201326592", "50000"), limits.lines());
    podman.remove("cgroup");
  }

  @Test
  void run_outOfMemory_isKilled() throws Exception {
    podman
        .runWith(List.of("--memory", "16m", "--memory-swap", "16m"), "tail", "/dev/zero")
        .ending(137);
  }

  @Test
  void pause_andUnpause_stopAndResumeIt() throws Exception {
    podman.detached("pause", List.of(), "exec sleep 1000");
    podman.podman("pause", "pause").fine();
    assertEquals("paused", podman.inspect("pause", "State.Status").fine());
    podman.podman("unpause", "pause").fine();
    assertEquals("on", podman.podman("exec", "pause", "echo", "on").fine());
    podman.remove("pause");
  }

  @Test
  void kill_ofARunningContainer_isSeenInItsState() throws Exception {
    podman.detached("kill", List.of(), "exec sleep 1000");
    podman.podman("kill", "kill").fine();
    assertEquals("137", podman.podman("wait", "kill").fine());
    assertEquals("exited 137", podman.inspect("kill", "State.Status}} {{.State.ExitCode").fine());
    podman.podman("start", "kill").fine();
    assertEquals("again", podman.podman("exec", "kill", "echo", "again").fine());
    podman.remove("kill");
  }

  @Test
  void kill_withASignal_reachesTheProgram() throws Exception {
    podman.detached(
        "signal", List.of(), "trap 'exit 9' USR1; echo up; while :; do sleep 0.1; done");
    await(() -> podman.podman("logs", "signal"), "up"::equals);
    podman.podman("kill", "--signal", "USR1", "signal").fine();
    assertEquals("9", podman.podman("wait", "signal").fine());
    podman.remove("signal");
  }

  @Test
  void stop_ofAProcessThatIgnoresTerm_killsItInTheEnd() throws Exception {
    podman.detached("stubborn", List.of(), "trap '' TERM; echo up; while :; do sleep 0.1; done");
    await(() -> podman.podman("logs", "stubborn"), "up"::equals);
    podman.podman("stop", "--time", "1", "stubborn").fine();
    assertEquals("137", podman.inspect("stubborn", "State.ExitCode").fine());
    podman.remove("stubborn");
  }

  @Test
  void healthcheck_ofAContainer_runsItsCommand() throws Exception {
    podman.detached(
        "health",
        List.of("--health-cmd", "test -e /healthy", "--health-interval", "disable"),
        "exec sleep 1000");
    podman.podman("healthcheck", "run", "health").ending(1);
    podman.podman("exec", "health", "touch", "/healthy").fine();
    podman.podman("healthcheck", "run", "health").fine();
    podman.remove("health");
  }

  @Test
  void restart_onFailure_startsItSoOften() throws Exception {
    podman.detached("restart", List.of("--restart", "on-failure:2"), "exit 5");
    await(
        () -> podman.inspect("restart", "RestartCount}} {{.State.Status}} {{.State.ExitCode"),
        "2 exited 5"::equals);
    podman.remove("restart");
  }

  @Test
  void checkpoint_andRestore_goOnWhereItWas() throws Exception {
    assumeCheckpoints(podman.runtime());
    podman.detached("saved", List.of("--tmpfs", "/t"), COUNTING);
    Question written = () -> podman.podman("exec", "saved", "cat", "/t/count");
    await(written, now -> count(now) > 5);
    String before = written.ask().fine();
    podman.podman("container", "checkpoint", "saved").fine();
    assertEquals(
        "exited true", podman.inspect("saved", "State.Status}} {{.State.Checkpointed").fine());
    podman.podman("container", "restore", "saved").fine();
    assertEquals("running", podman.inspect("saved", "State.Status").fine());
    assertGoesOn(before, written);

    // leaves it running, and what was exported becomes another container
    String archive = podman.home().directory().resolve("saved.tar").toString();
    podman
        .podman("container", "checkpoint", "--leave-running", "--export", archive, "saved")
        .fine();
    assertEquals("running", podman.inspect("saved", "State.Status").fine());
    podman.podman("container", "restore", "--import", archive, "--name", "other").fine();
    assertGoesOn(before, () -> podman.podman("exec", "other", "cat", "/t/count"));
    podman.remove("other");
    podman.remove("saved");
  }

  @Test
  void kube_playedAsAPod_isThereAndTakenDown() throws Exception {
    var file =
        podman
            .home()
            .file(
                "pod.yaml",
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: played}
                spec:
                  hostname: played
                  containers:
                  - name: one
                    image: %s
                    command: [/bin/sh, -c, 'echo $NAME of $(hostname); exec sleep 1000']
                    env: [{name: NAME, value: one}]
                    resources: {limits: {memory: 64Mi}}
                    securityContext: {runAsUser: 33, readOnlyRootFilesystem: true}
                    volumeMounts: [{name: scratch, mountPath: /scratch}]
                  volumes:
                  - {name: scratch, emptyDir: {}}
                """
                    .formatted(podman.image()));
    podman.podman("play", "kube", "--network", "none", file.toString()).fine();
    await(() -> podman.podman("logs", "played-one"), "one of played"::equals);
    Answer within =
        podman.podman(
            "exec",
            "played-one",
            "sh",
            "-c",
            "id -u; cat /sys/fs/cgroup/memory/memory.limit_in_bytes; touch /x");
    assertEquals("33\n67108864", within.ending(1));
    assertTrue(within.stderr().contains("Read-only file system"), within::toString);
    String pod = podman.podman("pod", "inspect", "--format", "{{.ID}}", "played").fine();
    podman.podman("play", "kube", "--down", file.toString()).fine();
    podman.forgetPod(pod);
    assertEquals("", podman.podman("ps", "-aq").fine());
  }

  @Test
  void pod_ofTwoContainers_sharesItsNamespaces() throws Exception {
    podman.podman("pod", "create", "--infra=false", "--name", "pair").fine();
    podman.detached("first", List.of("--pod", "pair"), "exec sleep 1000");
    podman.detached(
        "second", List.of("--pod", "pair", "--pid", "container:first"), "exec sleep 1001");
    Answer seen = podman.podman("exec", "first", "ps", "-o", "args");
    assertTrue(seen.lines().contains("sleep 1001"), seen::toString);
    podman.remove("second");
    podman.remove("first");
    podman.podman("pod", "rm", "pair").fine();
  }

  @Test
  void remove_ofARunningContainer_needsForce() throws Exception {
    podman.detached("removed", List.of(), "exec sleep 1000");
    podman.podman("rm", "removed").refused(2, "cannot remove container");
    podman.remove("removed");
    podman.podman("inspect", "removed").refused(125, "no such object");
  }
}
