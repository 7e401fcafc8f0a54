package org.jcontainerd.critest.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  void volumes_areBoundAndKept() throws Exception {
    Path read = directory("read-only");
    Path written = directory("written");
    Files.writeString(read.resolve("file"), "content");
    Answer answer =
        run(
            List.of("-v", read + ":/r:ro", "-v", written + ":/w", "-v", "kept:/k"),
            "echo text > /w/file; echo kept > /k/file; cat /r/file; touch /r/other");
    assertEquals("content", answer.ending(1));
    assertTrue(answer.stderr().contains("Read-only file system"), answer::toString);
    assertEquals("text\n", Files.readString(written.resolve("file")));
    assertEquals("kept", run(List.of("-v", "kept:/v"), "cat /v/file").fine());
    podman.podman("volume", "rm", "kept").fine();
  }

  @Test
  void volume_withPropagation_isAPeerOrASlaveOfTheHosts() throws Exception {
    Path volume = directory("shared");
    mount("--bind", volume.toString(), volume.toString());
    mount("--make-shared", volume.toString());
    try {
      Answer seen =
          run(
              List.of(
                  "-v",
                  volume + ":/peer:rshared",
                  "-v",
                  volume + ":/slave:rslave",
                  "-v",
                  volume + ":/alone:rprivate"),
              "for v in peer slave alone; do grep \" /$v \" /proc/self/mountinfo; done");
      assertEquals(3, seen.lines().size(), seen::toString);
      assertTrue(seen.lines().get(0).contains(" shared:"), seen::toString);
      assertTrue(seen.lines().get(1).contains(" master:"), seen::toString);
      assertFalse(seen.lines().get(2).matches(".* (shared|master):.*"), seen::toString);
    } finally {
      podman.home().run(List.of("umount", volume.toString())).fine();
    }
  }

  private void mount(String... words) throws Exception {
    podman.home().run(EngineHome.words(List.of("mount"), words)).fine();
  }

  @Test
  void readOnly_refusesWritingButOnTmpfs_whichHasSizeAndMode() throws Exception {
    Answer answer =
        run(
            List.of("--read-only", "--tmpfs", "/t:size=1m,mode=1770"),
            "stat -c %a /t; df -k /t | tail -1; touch /tmp/x /t/x && echo made; touch /x");
    List<String> lines = answer.ending(1).lines().toList();
    assertEquals("1770", lines.get(0));
    assertTrue(lines.get(1).matches("tmpfs +1024 .*"), answer::toString);
    assertEquals("made", lines.get(2));
    assertTrue(answer.stderr().contains("Read-only file system"), answer::toString);
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
  void deviceRule_allowsADeviceThatIsMadeWithin() throws Exception {
    String use = "mknod /f c 10 229; true < /f && echo read; echo > /f";
    Answer ruled = run(List.of("--cap-add", "mknod", "--device-cgroup-rule", "c 10:229 r"), use);
    assertEquals("read", ruled.ending(1));
    assertTrue(ruled.stderr().contains("not permitted"), ruled::toString);
    assertEquals("", run(List.of("--cap-add", "mknod"), use).ending(1));
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
  void process_hasIdsDirectoryLimitsAndName() throws Exception {
    Answer answer =
        run(
            List.of(
                "--user",
                "33:44",
                "--group-add",
                "55",
                "--workdir",
                "/tmp",
                "--ulimit",
                "nofile=99:100",
                "--ulimit",
                "nproc=1000:1000", // else podman asks for more than root may have here
                "--sysctl",
                "kernel.msgmax=9000",
                "--hostname",
                "box"),
            """
            id -u; id -g; id -G; pwd; ulimit -Sn; ulimit -Hn; cat /proc/sys/kernel/msgmax; hostname
            """);
    assertEquals(List.of("33", "44", "44 55", "/tmp", "99", "100", "9000", "box"), answer.lines());
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
    Path profile = podman.home().file("seccomp.json", NO_DIRECTORIES);
    Answer answer = run(List.of("--security-opt", "seccomp=" + profile), "mkdir /tmp/x");
    answer.refused(1, "quota exceeded");
    run(List.of("--security-opt", "seccomp=unconfined"), "mkdir /tmp/x").fine();
  }

  @Test
  void run_withoutOptions_isConfined() throws Exception {
    Answer answer =
        run(
            List.of(),
            """
            grep Seccomp: /proc/self/status | cut -f 2; grep NoNewPrivs /proc/self/status | cut -f 2
            head -c 1 /proc/kcore | wc -c; echo 1 > /proc/sys/kernel/panic
            """);
    assertEquals("2\n0\n0", answer.ending(1));
    assertTrue(answer.stderr().contains("Read-only file system"), answer::toString);
  }

  @Test
  void initAndNoNewPrivileges_areSet() throws Exception {
    Answer answer =
        run(
            List.of("--init", "--security-opt", "no-new-privileges"),
            "grep NoNewPrivs /proc/self/status | cut -f 2; cat /proc/1/comm");
    assertTrue(answer.fine().matches("1\n.*init"), answer::toString);
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
  void userNamespace_ofAnotherContainer_isJoined() throws Exception {
    String asked = "readlink /proc/self/ns/user; cut -c 1-25 /proc/self/uid_map; id -u";
    podman.detached(
        "mapped",
        List.of("--uidmap", "0:100000:1000", "--gidmap", "0:200000:1000"),
        "exec sleep 1000");
    assertEquals(
        podman.podman("exec", "mapped", "sh", "-c", asked).fine(),
        run(List.of("--userns", "container:mapped"), asked).fine());
    podman.remove("mapped");
  }

  @Test
  void namespaces_ofTheHost_areShared() throws Exception {
    var options = new ArrayList<String>();
    var links = new ArrayList<String>();
    var ours = new ArrayList<String>();
    for (String each : List.of("pid:pid", "ipc:ipc", "uts:uts", "network:net", "cgroupns:cgroup")) {
      String[] words = each.split(":");
      Path link = Path.of("/proc/self/ns", words[1]);
      options.addAll(List.of("--" + words[0], "host"));
      links.add(link.toString());
      ours.add(Files.readSymbolicLink(link).toString());
    }
    Answer theirs =
        run(options, "for link in " + String.join(" ", links) + "; do readlink $link; done");
    assertEquals(ours, theirs.lines());
  }
}
