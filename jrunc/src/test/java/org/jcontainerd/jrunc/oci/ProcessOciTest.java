package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallRule;
import org.jcontainerd.oci.runtime.TimeOffset;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process is: identity, privileges, limits, environment, namespaces. */
@Tag("oci")
class ProcessOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  private static String field(String name) {
    return "grep ^" + name + ": /proc/self/status | tr -d '\\t '";
  }

  @Test
  void identity_isAsConfigured() throws Exception {
    try (Box box =
        box().script("id -u; id -g; grep ^Groups /proc/self/status; umask; echo $HOME")) {
      box.process(p -> p.user(new User(1000, 1001, Optional.of(077L), List.of(10L, 2000000000L))));
      List<String> lines = box.run(0).lines().toList();
      assertEquals(List.of("1000", "1001"), lines.subList(0, 2));
      assertTrue(lines.get(2).contains("10") && lines.get(2).contains("2000000000"), lines.get(2));
      assertEquals("0077", lines.get(3));
      if (!runtime.name().equals("crun")) { // crun sets none for a user who is not in passwd
        assertEquals("/", lines.get(4));
      }
    }
  }

  @Test
  void environment_isExactlyWhatIsConfigured() throws Exception {
    try (Box box = box().script("env")) {
      box.process(p -> p.env(List.of("PATH=/bin", "A=1", "A=2", "E=", "B=x y=z")));
      List<String> lines =
          box.run(0)
              .lines()
              .filter(l -> !l.startsWith("SHLVL") && !l.startsWith("PWD"))
              .sorted()
              .toList();
      assertTrue(
          lines.containsAll(List.of("A=2", "B=x y=z", "E=", "HOME=/root", "PATH=/bin")),
          lines.toString());
      assertEquals(5, lines.size(), lines.toString());
    }
  }

  @Test
  void capabilities_areAsConfigured() throws Exception {
    String script =
        String.join(
            "; ",
            field("CapInh"),
            field("CapPrm"),
            field("CapEff"),
            field("CapBnd"),
            field("CapAmb"));
    try (Box box = box().script(script)) {
      List<String> lines = box.run(0).lines().toList();
      assertEquals("CapInh:0000000000000000", lines.get(0));
      assertEquals("CapPrm:0000000020000420", lines.get(1));
      assertEquals("CapEff:0000000020000420", lines.get(2));
      assertEquals("CapBnd:0000000020000420", lines.get(3));
      assertEquals("CapAmb:0000000000000000", lines.get(4));
    }
  }

  @Test
  void capabilities_ambient_surviveForAnotherUser() throws Exception {
    List<String> net = List.of("CAP_NET_BIND_SERVICE");
    try (Box box = box().script(field("CapEff") + "; " + field("CapAmb"))) {
      box.process(p ->
          p.user(new User(1000, 1000, Optional.empty(), List.of()))
              .capabilities(new Capabilities(net, net, net, net, net)));
      assertEquals("CapEff:0000000000000400\nCapAmb:0000000000000400\n", box.run(0));
    }
  }

  @Test
  void capabilities_ambientButNotInheritable_areLeftOut() throws Exception {
    List<String> net = List.of("CAP_NET_BIND_SERVICE"); // as buildah asks
    try (Box box = box().script(field("CapEff") + "; " + field("CapAmb"))) {
      box.process(p -> p.capabilities(new Capabilities(net, net, List.of(), net, net)));
      assertEquals("CapEff:0000000000000400\nCapAmb:0000000000000000\n", box.run(0));
    }
  }

  @Test
  void capabilities_none_dropsAll() throws Exception {
    try (Box box = box().script(field("CapEff") + "; " + field("CapBnd"))) {
      box.process(p -> p.capabilities(Capabilities.builder().build()));
      assertEquals("CapEff:0000000000000000\nCapBnd:0000000000000000\n", box.run(0));
    }
  }

  @Test
  void capabilities_unknownName_isLeftOut() throws Exception {
    List<String> names = List.of("CAP_KILL", "CAP_NO_SUCH_THING");
    try (Box box = box().script(field("CapBnd"))) {
      box.process(p -> p.capabilities(Capabilities.builder().bounding(names).build()));
      var result = box.tryRun();
      if (!runtime.name().equals("crun")) { // crun refuses the configuration
        assertEquals("CapBnd:0000000000000020\n", result.stdout(), result.said());
      }
    }
  }

  @Test
  void noNewPrivileges_isAsConfigured() throws Exception {
    try (Box box = box().script(field("NoNewPrivs"))) {
      assertEquals("NoNewPrivs:1\n", box.run(0));
      box.process(p -> p.noNewPrivileges(false));
      assertEquals("NoNewPrivs:0\n", box.run(0));
    }
  }

  @Test
  void rlimits_areAsConfigured() throws Exception {
    try (Box box = box().script("ulimit -n; ulimit -Hn; ulimit -c")) {
      box.process(p ->
          p.rlimits(
              List.of(new Rlimit("RLIMIT_NOFILE", 1024, 512), new Rlimit("RLIMIT_CORE", 0, 0))));
      assertEquals("512\n1024\n0\n", box.run(0));
      box.process(p ->
          p.rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 5, 5), new Rlimit("RLIMIT_NOFILE", 6, 6))));
      assertNotEquals(0, box.tryRun().code(), "the same limit twice");
      box.process(p -> p.rlimits(List.of(new Rlimit("RLIMIT_NONSENSE", 5, 5))));
      assertNotEquals(0, box.tryRun().code());
    }
  }

  @Test
  void oomScoreAdj_raised_isAsConfigured() throws Exception {
    try (Box box = box().script("cat /proc/self/oom_score_adj")) {
      box.process(p -> p.oomScoreAdj(700));
      assertEquals("700\n", box.run(0));
    }
  }

  @Test
  void names_areThoseOfTheContainer() throws Exception {
    try (Box box = box().script("hostname; cat /proc/sys/kernel/domainname")) {
      box.change(s -> s.toBuilder().domainname("dom.example").build());
      assertTrue(box.run(0).startsWith("box\n"));
      if (!runtime.name().equals("runc")) { // runc 1.1 does not know domainname
        assertEquals("box\ndom.example\n", box.run(0));
      }
      box.linux(l -> l.namespaces(List.of(Namespace.created("pid"), Namespace.created("mount"))));
      assertNotEquals(0, box.tryRun().code(), "no hostname without a uts namespace");
    }
  }

  @Test
  void sysctl_ofOwnNamespaces_isSet_othersAreRefused() throws Exception {
    try (Box box = box().script("cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward")) {
      box.linux(l -> l.sysctl(Map.of("kernel.msgmax", "4096", "net.ipv4.ip_forward", "1")));
      assertEquals("4096\n1\n", box.run(0));
      box.linux(l -> l.sysctl(Map.of("kernel.core_pattern", "x")));
      assertNotEquals(0, box.tryRun().code());
      box.linux(l ->
          l.sysctl(Map.of("net.ipv4.ip_forward", "1"))
              .namespaces(
                  List.of(
                      Namespace.created("pid"),
                      Namespace.created("mount"),
                      Namespace.created("uts"),
                      Namespace.created("ipc"))));
      assertNotEquals(0, box.tryRun().code(), "net sysctl in the host's network namespace");
    }
  }

  @Test
  void loopback_isUp() throws Exception {
    try (Box box = box().script("ip link show lo")) {
      String output = box.run(0);
      assertTrue(output.contains("LOOPBACK,UP"), output);
    }
  }

  @Test
  void namespaces_createdAndJoined() throws Exception {
    try (Box one = box().script("sleep 100");
        Box two =
            box()
                .script(
                    "readlink /proc/self/ns/net; readlink /proc/self/ns/ipc; readlink"
                        + " /proc/self/ns/uts")) {
      one.create().start();
      String proc = "/proc/" + one.pid() + "/ns/";
      two.linux(l ->
          l.namespaces(
              List.of(
                  Namespace.created("pid"),
                  Namespace.created("mount"),
                  Namespace.created("uts"),
                  new Namespace("network", proc + "net"),
                  new Namespace("ipc", proc + "ipc"))));
      List<String> lines = two.run(0).lines().toList();
      assertEquals(Files.readSymbolicLink(Path.of(proc + "net")).toString(), lines.get(0));
      assertEquals(Files.readSymbolicLink(Path.of(proc + "ipc")).toString(), lines.get(1));
      assertNotEquals(
          Files.readSymbolicLink(Path.of("/proc/self/ns/uts")).toString(), lines.get(2));
    }
  }

  @Test
  void namespaces_joinedPid_seesTheOthersProcesses() throws Exception {
    try (Box one = box().script("sleep 1234");
        Box two = box().script("ps")) {
      one.create().start();
      two.linux(l ->
          l.namespaces(
              List.of(
                  new Namespace("pid", "/proc/" + pid(one) + "/ns/pid"),
                  Namespace.created("mount"),
                  Namespace.created("uts"),
                  Namespace.created("ipc"),
                  Namespace.created("network"))));
      String output = two.run(0);
      assertTrue(output.contains("sleep 1234"), output);
    }
  }

  private static int pid(Box box) {
    try {
      return box.pid();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void namespaces_listedTwice_isRefused() throws Exception {
    try (Box box = box().script("true")) {
      box.linux(l ->
          l.namespaces(
              List.of(
                  Namespace.created("pid"), Namespace.created("pid"), Namespace.created("mount"))));
      var result = box.tryRun();
      if (!runtime.name().equals("crun")) {
        assertNotEquals(0, result.code(), result.said());
      }
    }
  }

  @Test
  void timeNamespace_offsetsTheClock() throws Exception {
    try (Box box = box().script("cat /proc/uptime")) {
      box.linux(l ->
          l.namespaces(
                  List.of(
                      Namespace.created("pid"),
                      Namespace.created("mount"),
                      Namespace.created("uts"),
                      Namespace.created("ipc"),
                      Namespace.created("network"),
                      Namespace.created("time")))
              .timeOffsets(Map.of("boottime", new TimeOffset(10_000_000, 0))));
      var result = box.tryRun();
      if (runtime.isOurs()) { // the peers of Debian 12 are older than it
        assertEquals(0, result.code(), result.said());
        assertTrue(Double.parseDouble(result.stdout().split(" ")[0]) > 10_000_000, result.said());
      }
    }
  }

  @Test
  void userNamespace_mapsRoot() throws Exception {
    try (Box box =
        box()
            .script(
                "id -u; cat /proc/self/uid_map; touch /tmp/f && stat -c %u /tmp/f; stat -c '%t:%T'"
                    + " /dev/null; echo x > /dev/null && echo ok")) {
      box.linux(l ->
          l.namespaces(
                  List.of(
                      Namespace.created("pid"),
                      Namespace.created("mount"),
                      Namespace.created("uts"),
                      Namespace.created("ipc"),
                      Namespace.created("network"),
                      Namespace.created("user")))
              .uidMappings(List.of(new IdMapping(0, 100_000, 65_536)))
              .gidMappings(List.of(new IdMapping(0, 100_000, 65_536))));
      own(box.bundle().rootfs(), directory);
      List<String> lines = box.run(0).lines().toList();
      assertEquals("0", lines.get(0));
      assertEquals("0 100000 65536", lines.get(1).strip().replaceAll(" +", " "));
      assertEquals("0", lines.get(2));
      assertEquals(List.of("1:3", "ok"), lines.subList(3, 5));
      assertEquals(100_000, Files.getAttribute(box.bundle().rootfs().resolve("tmp/f"), "unix:uid"));
    }
  }

  /** The mapped root owns its root directory and can reach it. */
  private static void own(Path rootfs, Path reachable) throws Exception {
    var chown =
        new ProcessBuilder("chown", "-R", "100000:100000", rootfs.toString()).inheritIO().start();
    assertEquals(0, chown.waitFor());
    for (Path at = reachable; at != null && !at.equals(Path.of("/")); at = at.getParent()) {
      var mode = new java.util.HashSet<>(Files.getPosixFilePermissions(at));
      if (mode.add(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE)) {
        Files.setPosixFilePermissions(at, mode);
      }
    }
  }

  @Test
  void seccomp_verdicts_areGiven() throws Exception {
    try (Box box =
        box()
            .script(
                "mkdir /tmp/a || echo denied; chmod 700 /tmp && echo fine; grep ^Seccomp:"
                    + " /proc/self/status | tr -d '\\t '")) {
      Seccomp seccomp =
          Seccomp.builder()
              .defaultAction("SCMP_ACT_ALLOW")
              .architectures(List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"))
              .syscalls(
                  List.of(
                      new SyscallRule(
                          List.of("mkdir", "mkdirat"),
                          "SCMP_ACT_ERRNO",
                          Optional.of(28),
                          List.of())))
              .build();
      box.linux(l -> l.seccomp(seccomp));
      var result = box.tryRun();
      assertEquals("denied\nfine\nSeccomp:2\n", result.stdout(), result.said());
      assertTrue(result.stderr().contains("No space left"), result.said());
      box.process(p -> p.noNewPrivileges(false));
      assertEquals("denied\nfine\nSeccomp:2\n", box.tryRun().stdout());
    }
  }

  @Test
  void seccomp_badProfile_isRefused() throws Exception {
    try (Box box = box().script("true")) {
      box.linux(l -> l.seccomp(Seccomp.builder().defaultAction("SCMP_ACT_NONSENSE").build()));
      assertNotEquals(0, box.tryRun().code());
    }
  }

  @Test
  void descriptors_onlyThePreservedAreThere() throws Exception {
    try (Box box = box().script("ls /proc/self/fd")) {
      assertEquals(
          List.of("0", "1", "2", "3"), box.run(0).lines().toList()); // 3 is that of ls itself
    }
  }
}
