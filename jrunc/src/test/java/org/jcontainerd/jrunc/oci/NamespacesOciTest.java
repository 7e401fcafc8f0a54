package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.TimeOffset;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joining namespaces by path, and what a user namespace changes. */
@Tag("oci")
class NamespacesOciTest {
  private static final List<IdMapping> MAPPINGS =
      List.of(new IdMapping(0, 100_000, 1000), new IdMapping(1000, 300_000, 1000));
  private static final String[] WITH_USER = {"user", "pid", "ipc", "uts", "network"};

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box(String script) throws Exception {
    return new Box(runtime, directory).script(script);
  }

  private Box mapped(String script) throws Exception {
    return box(script)
        .namespaces(WITH_USER)
        .linux(l -> l.uidMappings(MAPPINGS).gidMappings(MAPPINGS))
        .ownedBy(100_000);
  }

  private static String inode(int pid, String type) throws Exception {
    return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + type)).toString();
  }

  @Test
  void eachKind_isJoinedByPath() throws Exception {
    Map<String, String> kinds =
        Map.of("network", "net", "ipc", "ipc", "uts", "uts", "cgroup", "cgroup", "pid", "pid");
    try (Box one = box("sleep 100")) {
      one.namespaces("pid", "network", "ipc", "uts", "cgroup").create().start();
      int pid = one.pid();
      for (var kind : kinds.entrySet()) {
        String file = kind.getValue();
        try (Box two = box("readlink /proc/self/ns/" + file)) {
          var all = new ArrayList<Namespace>(List.of(Namespace.created("mount")));
          for (String other : kinds.keySet()) {
            all.add(
                other.equals(kind.getKey())
                    ? new Namespace(other, "/proc/" + pid + "/ns/" + file)
                    : Namespace.created(other));
          }
          two.linux(l -> l.namespaces(all));
          assertEquals(inode(pid, file) + "\n", two.run(0), kind.getKey());
        }
      }
    }
  }

  @Test
  void anotherKind_behindThePath_isRefused() throws Exception {
    try (Box box = box("true")) {
      box.linux(l ->
          l.namespaces(
              List.of(
                  Namespace.created("mount"),
                  Namespace.created("uts"),
                  new Namespace("ipc", "/proc/self/ns/net"))));
      var result = box.tryCreate();
      assertNotEquals(0, result.code(), result.said());
      if (!runtime.name().equals("crun")) { // 1.21 leaves it on cgroup v2
        assertEquals(List.of(), box.cgroups());
      }
    }
  }

  @Test
  void mountNamespace_isJoined() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.8 cannot pivot in a joined mount namespace");
    Process other =
        new ProcessBuilder("unshare", "-m", "sh", "-c", "echo ready; exec sleep 100").start();
    try (Box box = box("readlink /proc/self/ns/mnt")) {
      assertEquals('r', other.getInputStream().read());
      String path = "/proc/" + other.pid() + "/ns/mnt";
      box.linux(l ->
          l.namespaces(
              List.of(
                  new Namespace("mount", path),
                  Namespace.created("pid"),
                  Namespace.created("uts"),
                  Namespace.created("ipc"),
                  Namespace.created("network"))));
      assertEquals(inode((int) other.pid(), "mnt") + "\n", box.run(0));
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void timeNamespace_isJoined_andInAUserNamespaceToo() throws Exception {
    assumeTrue(runtime.isOurs(), "time namespaces: runc 1.1 and crun 1.8 are older than them");
    Map<String, TimeOffset> offsets =
        Map.of("boottime", new TimeOffset(10_000_000, 5), "monotonic", new TimeOffset(20_000, 0));
    try (Box one = mapped("cat /proc/uptime; sleep 100")) {
      one.linux(l ->
          l.timeOffsets(offsets)
              .namespaces(
                  List.of(
                      Namespace.created("mount"),
                      Namespace.created("user"),
                      Namespace.created("pid"),
                      Namespace.created("ipc"),
                      Namespace.created("uts"),
                      Namespace.created("network"),
                      Namespace.created("time"))));
      one.create().start();
      int pid = one.pid();
      var inside = one.exec(List.of(), "cat", "/proc/uptime");
      assertTrue(Double.parseDouble(inside.stdout().split(" ")[0]) > 10_000_000, inside.said());
      try (Box two = box("readlink /proc/self/ns/time; cat /proc/uptime")) {
        two.linux(l ->
            l.namespaces(
                List.of(
                    Namespace.created("mount"),
                    Namespace.created("uts"),
                    Namespace.created("pid"),
                    Namespace.created("ipc"),
                    Namespace.created("network"),
                    new Namespace("time", "/proc/" + pid + "/ns/time"))));
        List<String> lines = two.run(0).lines().toList();
        assertEquals(inode(pid, "time"), lines.get(0));
        assertTrue(Double.parseDouble(lines.get(1).split(" ")[0]) > 10_000_000, lines.get(1));
      }
    }
    try (Box wrong = box("true")) {
      wrong
          .namespaces("time", "uts")
          .linux(l -> l.timeOffsets(Map.of("real", new TimeOffset(1, 0))));
      var result = wrong.tryCreate();
      assertTrue(
          result.stderr().contains("linux.timeOffsets: unknown clock 'real'"), result.said());
    }
  }

  @Test
  void userNamespace_severalRanges_areMapped() throws Exception {
    try (Box box =
        mapped(
            "id -u; grep ^Groups /proc/self/status; cat /proc/self/setgroups; echo x > /tmp/f")) {
      box.process(p -> p.user(new User(1005, 1006, Optional.empty(), List.of(7L, 1008L))));
      Files.setAttribute(box.bundle().rootfs().resolve("tmp"), "unix:mode", 0777);
      List<String> lines = box.run(0).lines().toList();
      assertEquals("1005", lines.get(0));
      assertTrue(lines.get(1).contains("7 1008"), lines.get(1));
      assertEquals("allow", lines.get(2));
      Path made = box.bundle().rootfs().resolve("tmp/f");
      assertEquals(300_005, Files.getAttribute(made, "unix:uid"));
      assertEquals(300_006, Files.getAttribute(made, "unix:gid"));
    }
  }

  @Test
  void userNamespace_mountsAndDevices_areThere() throws Exception {
    String script =
        "while read a b c d p o rest; do echo $p; done < /proc/self/mountinfo;"
            + " echo x > /dev/null && echo null; dd if=/dev/zero bs=1 count=1 2> /dev/null | wc -c;"
            + " ls /sys/class/net; touch /dev/shm/a && echo shm";
    try (Box box = mapped(script)) {
      List<String> lines = box.run(0).lines().toList();
      for (String line :
          List.of(
              "/proc",
              "/dev",
              "/dev/pts",
              "/dev/shm",
              "/dev/mqueue",
              "/sys",
              "/dev/null",
              "/dev/full",
              "/dev/urandom",
              "null",
              "1",
              "lo",
              "shm")) {
        assertTrue(lines.contains(line), line + " in " + lines);
      }
    }
  }

  @Test
  void userNamespace_rootBelowClosedDirectories_isReached() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.8 go there as the mapped root, and cannot");
    Path closed = Files.createDirectories(directory.resolve("closed"));
    Path data = Files.createDirectories(closed.resolve("data"));
    Files.writeString(data.resolve("file"), "reached");
    try (Box box = new Box(runtime, closed).script("cat /mnt/file; echo x > /made")) {
      box.namespaces(WITH_USER)
          .linux(l -> l.uidMappings(MAPPINGS).gidMappings(MAPPINGS))
          .mounting(Mount.of("/mnt", "bind", data.toString(), "rbind"))
          .ownedBy(100_000);
      Files.setAttribute(closed, "unix:mode", 0700);
      assertEquals("reached", box.run(0));
      for (String propagation : List.of("rprivate", "rslave", "runbindable")) {
        box.linux(l -> l.rootfsPropagation(propagation));
        assertEquals("reached", box.run(0), propagation);
      }
    }
  }

  @Test
  void userNamespace_bindSource_showsItsMappedOwner() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("file"), "x");
    Files.setAttribute(data.resolve("file"), "unix:uid", 300_007);
    Files.setAttribute(data.resolve("file"), "unix:gid", 50);
    try (Box box = mapped("stat -c '%u %g' /mnt/file")) {
      box.mounting(Mount.of("/mnt", "bind", data.toString(), "rbind"));
      assertEquals("1007 65534\n", box.run(0));
    }
  }

  @Test
  void userNamespace_joinedByPath_ownsTheNewOnes() throws Exception {
    try (Box one = mapped("sleep 100")) {
      one.create().start();
      int pid = one.pid();
      String show =
          "id -u; readlink /proc/self/ns/user; readlink /proc/self/ns/net; hostname changed && hostname";
      try (Box two = box(show)) {
        two.linux(l ->
            l.namespaces(
                    List.of(
                        Namespace.created("mount"),
                        Namespace.created("uts"),
                        Namespace.created("ipc"),
                        Namespace.created("pid"),
                        new Namespace("network", "/proc/" + pid + "/ns/net"),
                        new Namespace("user", "/proc/" + pid + "/ns/user")))
                .uidMappings(runtime.isOurs() ? List.of() : MAPPINGS)
                .gidMappings(runtime.isOurs() ? List.of() : MAPPINGS));
        two.process(p ->
            p.capabilities(
                org.jcontainerd.oci.runtime.Capabilities.builder()
                    .bounding(List.of("CAP_SYS_ADMIN"))
                    .effective(List.of("CAP_SYS_ADMIN"))
                    .permitted(List.of("CAP_SYS_ADMIN"))
                    .build()));
        two.ownedBy(100_000);
        var result = two.tryRun();
        if (runtime.name().equals("runc") && result.code() != 0) {
          return; // runc 1.1 refuses mappings with a path, and cannot do without them
        }
        assertEquals(
            List.of("0", inode(pid, "user"), inode(pid, "net"), "changed"),
            result.stdout().lines().toList(),
            result.said());
      }
    }
  }

  @Test
  void userNamespace_execAndHooks_areInIt() throws Exception {
    Hook hook =
        Hook.builder()
            .path("/bin/sh")
            .args(List.of("sh", "-c", "readlink /proc/self/ns/net > %s/hook".formatted(directory)))
            .env(List.of("PATH=/bin:/usr/bin"))
            .build();
    try (Box box = mapped("sleep 100")) {
      Path out = Files.createFile(directory.resolve("hook"));
      Files.setAttribute(out, "unix:mode", 0666);
      box.change(
          s -> s.toBuilder().hooks(Hooks.builder().createContainer(List.of(hook)).build()).build());
      box.create().start();
      assertEquals(inode(box.pid(), "net") + "\n", Files.readString(out));
      var inside = box.exec(List.of(), "sh", "-c", "id -u; readlink /proc/self/ns/user");
      assertEquals("0\n" + inode(box.pid(), "user") + "\n", inside.stdout(), inside.said());
    }
  }

  @Test
  void userNamespace_sysctls_areItsOwn() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.8 refuse the sysctls of a user namespace");
    try (Box box = mapped("cat /proc/sys/user/max_uts_namespaces /proc/sys/kernel/msgmax")) {
      box.linux(l -> l.sysctl(Map.of("user.max_uts_namespaces", "7", "kernel/msgmax", "4096")));
      assertEquals("7\n4096\n", box.run(0));
      box.linux(l -> l.sysctl(Map.of("kernel.msgmax", "1", "kernel/msgmax", "2")));
      var result = box.tryCreate();
      assertEquals(1, result.code(), result.said());
      assertTrue(result.stderr().contains("is there twice, also as 'kernel"), result.said());
    }
  }

  @Test
  void userNamespace_unmappedIds_areRefused() throws Exception {
    try (Box box = mapped("true")) {
      box.process(p -> p.user(new User(5000, 0, Optional.empty(), List.of())));
      var result = box.tryCreate();
      assertNotEquals(0, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result
                .stderr()
                .contains(
                    "process.user.uid: id 5000 of the container is not mapped to one of the host"),
            result.said());
      }
    }
    try (Box box = mapped("true")) {
      List<IdMapping> noRoot = List.of(new IdMapping(1, 100_000, 10));
      box.linux(l -> l.uidMappings(noRoot).gidMappings(noRoot));
      assertNotEquals(0, box.tryCreate().code());
    }
  }
}
