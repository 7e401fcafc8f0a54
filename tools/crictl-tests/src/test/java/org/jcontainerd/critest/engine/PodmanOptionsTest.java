package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What podman's options ask of the runtime, seen from within the container. */
class PodmanOptionsTest extends EngineSuite {
  private Podman podman;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    podman = Podman.start();
  }

  @AfterAll
  void stop() throws IOException {
    podman.close();
  }

  private Answer run(List<String> options, String script) throws Exception {
    return podman.runWith(options, "sh", "-c", script);
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectories(podman.home().directory().resolve(name));
  }

  @Test
  void volume_thatIsReadOnly_canBeReadAlone() throws Exception {
    Path volume = directory("read-only");
    Files.writeString(volume.resolve("file"), "content");
    Answer answer = run(List.of("-v", volume + ":/v:ro"), "cat /v/file; touch /v/other");
    assertEquals("content", answer.ending(1));
    assertTrue(answer.stderr().contains("Read-only file system"), answer::toString);
  }

  @Test
  void volume_ofTheHost_isWrittenThrough() throws Exception {
    Path volume = directory("written");
    run(List.of("-v", volume + ":/v"), "echo text > /v/file").fine();
    assertEquals("text\n", Files.readString(volume.resolve("file")));
  }

  @Test
  void volume_withANameIs_keptBetweenContainers() throws Exception {
    run(List.of("-v", "kept:/v"), "echo text > /v/file").fine();
    assertEquals("text", run(List.of("-v", "kept:/v"), "cat /v/file").fine());
    podman.podman("volume", "rm", "kept").fine();
  }

  @Test
  void volume_withPropagation_isAPeerOrASlaveOfTheHosts() throws Exception {
    Path volume = directory("shared");
    run(List.of(), "true").fine();
    mount("--bind", volume.toString(), volume.toString());
    mount("--make-shared", volume.toString());
    try {
      String show = "grep ' /v ' /proc/self/mountinfo";
      assertTrue(run(List.of("-v", volume + ":/v:rshared"), show).fine().contains("shared:"));
      assertTrue(run(List.of("-v", volume + ":/v:rslave"), show).fine().contains("master:"));
      Answer alone = run(List.of("-v", volume + ":/v:rprivate"), show);
      assertTrue(alone.fine().contains(" - "), alone::toString);
      assertTrue(!alone.stdout().contains("shared:") && !alone.stdout().contains("master:"));
    } finally {
      podman.home().run(List.of("umount", volume.toString())).fine();
    }
  }

  private void mount(String... words) throws Exception {
    podman.home().run(EngineHome.words(List.of("mount"), words)).fine();
  }

  @Test
  void tmpfs_hasSizeAndMode() throws Exception {
    Answer answer =
        run(List.of("--tmpfs", "/t:size=1m,mode=1770"), "stat -c %a /t; df -k /t | tail -1");
    assertEquals("1770", answer.lines().get(0));
    assertTrue(answer.lines().get(1).matches("tmpfs +1024 .*"), answer::toString);
  }

  @Test
  void readOnly_refusesWritingButInTmp() throws Exception {
    assertEquals(
        "1 0", run(List.of("--read-only"), "touch /x; a=$?; touch /tmp/x; echo $a $?").fine());
  }

  @Test
  void devices_areThereAndMayBeUsedAsAsked() throws Exception {
    Answer answer =
        run(
            List.of("--device", "/dev/fuse:/dev/mine:r"),
            "true < /dev/mine && echo read; echo > /dev/mine");
    assertEquals("read", answer.ending(1));
    assertTrue(answer.stderr().contains("not permitted"), answer::toString);
  }

  @Test
  void limits_areInTheCgroup() throws Exception {
    Answer answer =
        run(
            List.of(
                "--memory",
                "64m",
                "--memory-swap",
                "128m",
                "--pids-limit",
                "33",
                "--cpus",
                "0.5",
                "--cpu-shares",
                "77",
                "--cpuset-cpus",
                "0"),
            """
            cd /sys/fs/cgroup
            cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes pids/pids.max
            cat cpu/cpu.cfs_quota_us cpu/cpu.shares cpuset/cpuset.cpus
            """);
    assertEquals(List.of("67108864", "134217728", "33", "50000", "77", "0"), answer.lines());
  }

  @Test
  void ulimits_sysctlsAndHostname_areSet() throws Exception {
    Answer answer =
        run(
            List.of(
                "--ulimit", "nofile=99:100", "--sysctl", "kernel.msgmax=9000", "--hostname", "box"),
            "ulimit -Sn; ulimit -Hn; cat /proc/sys/kernel/msgmax; hostname");
    assertEquals(List.of("99", "100", "9000", "box"), answer.lines());
  }

  @Test
  void user_andGroups_areTheProcesss() throws Exception {
    Answer answer = run(List.of("--user", "33:44", "--group-add", "55"), "id -u; id -g; id -G");
    assertEquals(List.of("33", "44", "44 55"), answer.lines());
  }

  @Test
  void capabilities_areThoseThatWereAsked() throws Exception {
    String effective = "grep CapEff /proc/self/status | cut -f 2";
    assertEquals(
        "0000000000002000",
        run(List.of("--cap-drop", "all", "--cap-add", "net_raw"), effective).fine());
    assertPrivileged(run(List.of("--privileged"), effective).fine());
  }

  @Test
  void seccomp_profileOfAFile_isInForce() throws Exception {
    Path profile =
        podman
            .home()
            .file(
                "seccomp.json",
                """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 122}]}
                """);
    Answer answer = run(List.of("--security-opt", "seccomp=" + profile), "mkdir /tmp/x");
    answer.refused(1, "quota exceeded");
    run(List.of("--security-opt", "seccomp=unconfined"), "mkdir /tmp/x").fine();
  }

  @Test
  void seccomp_profileOfPodman_isInForce() throws Exception {
    assertEquals("2", run(List.of(), "grep Seccomp: /proc/self/status | cut -f 2").fine());
  }

  @Test
  void noNewPrivileges_isSet() throws Exception {
    String asked = "grep NoNewPrivs /proc/self/status | cut -f 2";
    assertEquals("0", run(List.of(), asked).fine());
    assertEquals("1", run(List.of("--security-opt", "no-new-privileges"), asked).fine());
  }

  @Test
  void init_isTheFirstProcess() throws Exception {
    Answer first = run(List.of("--init"), "cat /proc/1/comm");
    assertTrue(first.fine().endsWith("init"), first::toString);
  }

  @Test
  void userNamespace_mapsIdsAndOwnsTheRoot() throws Exception {
    Answer answer =
        run(
            List.of("--uidmap", "0:100000:1000", "--gidmap", "0:200000:1000"),
            "cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /bin; touch /x && echo made");
    assertEquals("0 100000 1000", answer.lines().get(0).replaceAll(" +", " "), answer::toString);
    assertEquals("0 200000 1000", answer.lines().get(1).replaceAll(" +", " "), answer::toString);
    assertEquals(List.of("0:0", "made"), answer.lines().subList(2, 4));
  }

  @Test
  void namespaces_ofTheHost_areShared() throws Exception {
    for (String each : List.of("pid:pid", "ipc:ipc", "uts:uts", "network:net", "cgroupns:cgroup")) {
      String[] words = each.split(":");
      String link = "/proc/self/ns/" + words[1];
      assertEquals(
          Files.readSymbolicLink(Path.of(link)).toString(),
          run(List.of("--" + words[0], "host"), "readlink " + link).fine());
    }
  }

  @Test
  void paths_ofProc_areMasked() throws Exception {
    assertEquals("0", run(List.of(), "head -c 1 /proc/kcore | wc -c").fine());
    run(List.of(), "echo 1 > /proc/sys/kernel/panic").refused(1, "Read-only file system");
  }
}
