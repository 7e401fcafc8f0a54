package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.mount.MountInfo;
import org.jcontainerd.oci.runtime.Device;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Root;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The root file system: mounts and their options, hidden and read-only paths, devices. */
@Tag("oci")
class RootOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  private Box mounting(String script, Mount... more) throws Exception {
    return box()
        .script(script)
        .change(spec -> {
          var mounts = new ArrayList<>(spec.mounts());
          mounts.addAll(List.of(more));
          return spec.toBuilder().mounts(mounts).build();
        });
  }

  /** Options of a mount point as the container's mountinfo has them. */
  private static String options(String point) {
    return "while read a b c d p o rest; do [ $p = "
        + point
        + " ] && echo $o; done < /proc/self/mountinfo; true";
  }

  @Test
  void mounts_ofTheConfiguration_areThere() throws Exception {
    try (Box box =
        box().script("while read a b c d p o rest; do echo $p; done < /proc/self/mountinfo")) {
      List<String> points = box.run(0).lines().toList();
      for (String point :
          List.of("/", "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys")) {
        assertTrue(points.contains(point), point + " in " + points);
      }
    }
  }

  @Test
  void mounts_options_areInForce() throws Exception {
    try (Box box =
        box().script(options("/dev/shm") + "; " + options("/sys") + "; " + options("/dev"))) {
      List<String> lines = box.run(0).lines().toList();
      assertEquals("rw,nosuid,nodev,noexec,relatime", lines.get(0));
      assertTrue(lines.get(1).startsWith("ro,nosuid,nodev,noexec"), lines.get(1));
      assertEquals("rw,nosuid", lines.get(2));
    }
  }

  @Test
  void bind_fileAndDirectory_areBound() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("file"), "content");
    try (Box box =
        mounting(
            "cat /made/dir/file /made/one; echo x > /made/dir/new; echo y > /made/one || echo refused; "
                + options("/made/one"),
            Mount.of("/made/dir", "bind", data.toString(), "rbind", "rw"),
            Mount.of(
                "/made/one",
                "none",
                data.resolve("file").toString(),
                "bind",
                "ro",
                "nosuid",
                "nodev",
                "noexec"))) {
      String output = box.run(0);
      assertTrue(output.startsWith("contentcontentrefused\n"), output);
      assertTrue(output.strip().endsWith("ro,nosuid,nodev,noexec," + accessTimes(data)), output);
      assertEquals("x\n", Files.readString(data.resolve("new")));
      assertTrue(Files.isDirectory(box.bundle().rootfs().resolve("made/dir")));
    }
  }

  /** A bind has the option of the mount that its source is on. */
  private static String accessTimes(Path source) throws IOException {
    MountInfo of =
        MountInfo.read().stream()
            .filter(mount -> source.startsWith(mount.mountPoint()))
            .max(Comparator.comparingInt(mount -> Path.of(mount.mountPoint()).getNameCount()))
            .orElseThrow();
    return of.options().contains("noatime") ? "noatime" : "relatime";
  }

  @Test
  void bind_relativeSource_countsFromTheBundle() throws Exception {
    try (Box box = mounting("cat /mnt/f", Mount.of("/mnt", "bind", "data", "bind"))) {
      Files.writeString(
          Files.createDirectories(box.bundle().directory().resolve("data")).resolve("f"),
          "relative");
      assertEquals("relative", box.run(0));
    }
  }

  @Test
  void bind_missingSource_fails() throws Exception {
    try (Box box = mounting("true", Mount.of("/mnt", "bind", "/no/such/source", "bind"))) {
      var result = box.tryCreate();
      assertNotEquals(0, result.code(), result.said());
      assertTrue(
          result.stderr().contains("/no/such/source") || result.stderr().contains("o such file"),
          result.said());
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void bind_throughLinksOfTheImage_staysInTheRoot() throws Exception {
    // CVE-2021-30465, CVE-2024-45310: the target is a link out of the root.
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Path data = Files.createDirectories(directory.resolve("data"));
    try (Box box = mounting("ls /link", Mount.of("/link/deep", "bind", data.toString(), "bind"))) {
      Files.createSymbolicLink(box.bundle().rootfs().resolve("link"), outside);
      box.tryRun();
      try (var entries = Files.newDirectoryStream(outside)) {
        assertFalse(entries.iterator().hasNext(), "something was made outside of the root");
      }
    }
  }

  @Test
  void proc_asLink_isRefused() throws Exception {
    // CVE-2019-19921, CVE-2023-27561
    try (Box box = box().script("true")) {
      Files.delete(box.bundle().rootfs().resolve("proc"));
      Files.createSymbolicLink(box.bundle().rootfs().resolve("proc"), Path.of("/tmp"));
      assertNotEquals(0, box.tryCreate().code());
    }
  }

  @Test
  void mount_insideProc_isRefused() throws Exception {
    try (Box box = mounting("true", Mount.of("/proc/self/attr", "bind", "/tmp", "bind"))) {
      var result = box.tryRun();
      if (!runtime.name().equals("crun")) { // crun leaves it to the caller
        assertNotEquals(0, result.code(), result.said());
      }
    }
  }

  @Test
  void bind_recursiveReadOnly_closesSubmounts() throws Exception {
    try (Box box =
        mounting(
            "echo a > /mnt/shm/jrunc-test 2> /dev/null || echo closed; " + options("/mnt/shm"),
            Mount.of("/mnt", "bind", "/dev", "rbind", "rro"))) {
      String output = box.run(0);
      assertTrue(output.startsWith("closed\n"), output);
    }
  }

  @Test
  void tmpfs_copyUp_holdsWhatWasThere() throws Exception {
    try (Box box =
        mounting(
            "cat /etc/passwd; echo new > /etc/new && cat /etc/new",
            Mount.of("/etc", "tmpfs", "tmpfs", "tmpcopyup", "mode=755"))) {
      assertEquals("root:x:0:0::/root:/bin/sh\nnew\n", box.run(0));
      assertFalse(Files.exists(box.bundle().rootfs().resolve("etc/new")));
    }
  }

  @Test
  void root_readOnly_refusesWrites() throws Exception {
    try (Box box = box().script("touch /file || echo refused; touch /dev/shm/ok && echo shm")) {
      box.change(s -> s.toBuilder().root(new Root("rootfs", true)).build());
      assertEquals("refused\nshm\n", box.run(0));
    }
  }

  @Test
  void maskedPaths_areEmptyAndReadOnly() throws Exception {
    String script =
        "wc -c < /proc/keys; ls /sys/firmware | wc -l; touch /sys/firmware/x || echo refused; cat /masked; ls /hidden";
    try (Box box = box().script(script)) {
      Files.writeString(box.bundle().rootfs().resolve("masked"), "secret");
      Files.writeString(
          Files.createDirectory(box.bundle().rootfs().resolve("hidden")).resolve("f"), "secret");
      box.linux(l ->
          l.maskedPaths(List.of("/proc/keys", "/sys/firmware", "/masked", "/hidden", "/no/such")));
      assertEquals("0\n0\nrefused\n", box.run(0));
    }
  }

  @Test
  void readonlyPaths_refuseWrites() throws Exception {
    try (Box box =
        box()
            .script(
                "echo 1 > /proc/sys/kernel/msgmax || echo refused; touch /locked/f || echo locked")) {
      Files.createDirectory(box.bundle().rootfs().resolve("locked"));
      box.linux(l -> l.readonlyPaths(List.of("/proc/sys", "/locked", "/no/such")));
      assertEquals("refused\nlocked\n", box.run(0));
    }
  }

  @Test
  void dev_hasNodesAndLinks() throws Exception {
    String script =
        "for n in null zero full random urandom tty; do stat -c '%n %t:%T %a' /dev/$n; done;"
            + " for l in fd stdin stdout stderr ptmx; do readlink /dev/$l; done; echo gone > /dev/null";
    try (Box box = box().script(script)) {
      assertEquals(
          List.of(
              "/dev/null 1:3 666",
              "/dev/zero 1:5 666",
              "/dev/full 1:7 666",
              "/dev/random 1:8 666",
              "/dev/urandom 1:9 666",
              "/dev/tty 5:0 666",
              "/proc/self/fd",
              "/proc/self/fd/0",
              "/proc/self/fd/1",
              "/proc/self/fd/2",
              "pts/ptmx"),
          box.run(0).lines().toList());
    }
  }

  @Test
  void devices_listed_areMade() throws Exception {
    try (Box box = box().script("stat -c '%F %t:%T %a %u:%g' /dev/sub/fuse /dev/pipe")) {
      box.linux(l ->
          l.devices(
              List.of(
                  new Device(
                      "/dev/sub/fuse",
                      "c",
                      10,
                      229,
                      Optional.of(0640L),
                      Optional.of(5L),
                      Optional.of(6L)),
                  new Device(
                      "/dev/pipe",
                      "p",
                      0,
                      0,
                      Optional.of(0600L),
                      Optional.empty(),
                      Optional.empty()))));
      List<String> lines = box.run(0).lines().toList();
      assertEquals("character special file a:e5 640 5:6", lines.get(0));
      assertTrue(lines.get(1).startsWith("fifo 0:0 600"), lines.get(1));
    }
  }

  @Test
  void cgroup_mount_showsTheContainersOwn() throws Exception {
    String place = "/sys/fs/cgroup" + (Box.isUnified() ? "" : "/pids");
    try (Box box =
        mounting(
            "ls -d /sys/fs/cgroup/memory; cd %s; ls -d $PWD/cgroup.procs; wc -l < cgroup.procs; mkdir x || echo refused"
                .formatted(place),
            Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"))) {
      List<String> all = box.run(0).lines().toList();
      assertEquals(!Box.isUnified(), all.getFirst().equals("/sys/fs/cgroup/memory"));
      List<String> lines = Box.isUnified() ? all : all.subList(1, all.size());
      assertEquals(place + "/cgroup.procs", lines.get(0));
      if (!Box.isUnified() || runtime.isOurs()) { // others may show the root of v2
        assertNotEquals("0", lines.get(1).strip());
      }
      assertEquals("refused", lines.get(2));
    }
  }

  @Test
  void cwd_missing_isMade() throws Exception {
    try (Box box = box().script("pwd")) {
      box.process(p -> p.cwd("/some/where"));
      assertEquals("/some/where\n", box.run(0));
    }
  }

  @Test
  void cwd_throughDescriptors_doesNotEscape() throws Exception {
    // CVE-2024-21626
    for (int fd = 3; fd < 12; fd++) {
      int number = fd;
      try (Box box = box().script("ls")) {
        box.process(p -> p.cwd("/proc/self/fd/" + number));
        var result = box.tryRun();
        if (result.code() == 0) {
          assertFalse(
              result.stdout().contains("vmlinuz") || result.stdout().contains("boot"),
              result.said());
        }
      }
    }
  }

  @Test
  void rootfsPropagation_values_areAccepted() throws Exception {
    for (String value :
        List.of(
            "private",
            "rprivate",
            "slave",
            "rslave",
            "shared",
            "rshared",
            "unbindable",
            "runbindable")) {
      if (runtime.name().equals("runc") && value.endsWith("unbindable")) {
        continue; // runc 1.1 sets it before it binds the rootfs, and then cannot
      }
      if (runtime.name().equals("crun") && value.equals("runbindable")) {
        continue; // crun 1.8 sets it before it masks paths, and then cannot
      }
      try (Box box =
          box()
              .script(
                  "while read a b c d p o tag rest; do [ $p = / ] && echo $tag; done < /proc/self/mountinfo; true")) {
        box.linux(l -> l.rootfsPropagation(value));
        String tag = box.run(0).strip();
        if (!runtime.name().equals("runc")) { // runc 1.1 leaves the root private
          assertEquals(value.endsWith("shared"), tag.startsWith("shared:"), value + ": " + tag);
        }
      }
    }
  }
}
