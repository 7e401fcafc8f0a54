package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jcontainerd.linux.mount.MountFlag;
import org.jcontainerd.linux.mount.Mounts;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes, propagation and id maps of mounts with mounts below them; cgroup mounts. */
@Tag("oci")
class MountsOciTest {
  /** Mount point, options and tags of every mount, one a line. */
  private static final String SHOW =
      "while read a b c d p o t rest; do echo $p $o $t; done < /proc/self/mountinfo";

  private static final List<IdMapping> SHIFTED = List.of(new IdMapping(0, 70_000, 1000));

  @TempDir Path directory;
  private RuntimeUnderTest runtime;
  private Path source;

  /** A tree with a file system below it, made for the test. */
  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    source = Files.createDirectories(directory.resolve("source"));
    Mounts.mount("tmpfs", source, "tmpfs", java.util.Set.<MountFlag>of(), "mode=755");
    Path below = Files.createDirectories(source.resolve("below"));
    Mounts.mount("tmpfs", below, "tmpfs", java.util.Set.<MountFlag>of(), "mode=755");
    Files.writeString(source.resolve("file"), "top");
    Files.writeString(below.resolve("file"), "below");
  }

  @AfterEach
  void close() throws Exception {
    Mounts.detachAll(source.resolve("below"));
    Mounts.detachAll(source);
  }

  private Box box(String script, Mount... mounts) throws Exception {
    return new Box(runtime, directory).script(script).mounting(mounts);
  }

  private Mount tree(String place, String... options) {
    return Mount.of(place, "bind", source.toString(), options);
  }

  /** Options by mount point. */
  private static Map<String, List<String>> options(String output) {
    var all = new TreeMap<String, List<String>>();
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ");
      all.put(words[0], List.of(words[1].split(",")));
    }
    return all;
  }

  @Test
  void tmpfs_withoutMode_hasThatOfTheDirectoryThatItHides() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 gives it 1777; later ones the mode");
    try (Box box =
        box(
            "stat -c %a /there /new",
            Mount.of("/there", "tmpfs", "tmpfs", "size=1m"),
            Mount.of("/new", "tmpfs", "tmpfs", "mode=2711"))) {
      Path there = Files.createDirectory(box.bundle().rootfs().resolve("there"));
      Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxr-x---"));
      assertEquals("750\n2711\n", box.run(0));
    }
  }

  @Test
  void recursiveAttributes_areOnEveryMountBelow() throws Exception {
    var wanted = new TreeMap<String, String>();
    wanted.put("rro", "ro");
    wanted.put("rnosuid", "nosuid");
    wanted.put("rnodev", "nodev");
    wanted.put("rnoexec", "noexec");
    wanted.put("rnodiratime", "nodiratime");
    wanted.put("rnoatime", "noatime");
    wanted.put("rrelatime", "relatime");
    wanted.put("rnosymfollow", "nosymfollow");
    if (runtime.name().equals("runc")) {
      wanted.remove("rrelatime"); // runc 1.1 takes it for a flag of the top mount
    }
    withoutWhatCrunLacks(wanted);
    var mounts = new ArrayList<Mount>();
    wanted.keySet().forEach(option -> mounts.add(tree("/m-" + option, "rbind", option)));
    try (Box box = box(SHOW, mounts.toArray(Mount[]::new))) {
      var found = options(box.run(0));
      wanted.forEach((option, word) -> {
        assertTrue(found.get("/m-" + option).contains(word), option + ": " + found);
        assertTrue(found.get("/m-" + option + "/below").contains(word), option + ": " + found);
      });
    }
  }

  /**
   * Crun 1.8 does not clear the field of access times, and the kernel refuses that; following of
   * symbolic links it changes on the top mount alone.
   */
  private void withoutWhatCrunLacks(Map<String, String> wanted) {
    if (runtime.name().equals("crun")) {
      wanted.keySet().removeIf(option -> option.endsWith("atime") || option.endsWith("symfollow"));
    }
  }

  @Test
  void recursiveAttributes_areTakenAwayBelow() throws Exception {
    var wanted = new TreeMap<String, String>();
    wanted.put("rrw", "ro");
    wanted.put("rsuid", "nosuid");
    wanted.put("rdev", "nodev");
    wanted.put("rexec", "noexec");
    wanted.put("rdiratime", "nodiratime");
    wanted.put("rsymfollow", "nosymfollow");
    withoutWhatCrunLacks(wanted);
    var closed =
        EnumSet.of(
            MountFlag.READ_ONLY,
            MountFlag.NO_SUID,
            MountFlag.NO_DEV,
            MountFlag.NO_EXEC,
            MountFlag.NO_DIR_ATIME,
            MountFlag.NO_SYMLINK_FOLLOW);
    Mounts.remountBind(source, closed);
    Mounts.remountBind(source.resolve("below"), closed);
    var mounts = new ArrayList<Mount>();
    wanted.keySet().forEach(option -> mounts.add(tree("/m-" + option, "rbind", option)));
    try (Box box = box(SHOW, mounts.toArray(Mount[]::new))) {
      var found = options(box.run(0));
      wanted.forEach((option, word) -> {
        assertFalse(found.get("/m-" + option).contains(word), option + ": " + found);
        assertFalse(found.get("/m-" + option + "/below").contains(word), option + ": " + found);
      });
    }
  }

  @Test
  void plainAttributes_areOnTheTopMountAlone() throws Exception {
    try (Box box =
        box(SHOW, tree("/mnt", "rbind", "ro", "nosuid"), tree("/one", "bind", "noexec"))) {
      var found = options(box.run(0));
      assertTrue(found.get("/mnt").containsAll(List.of("ro", "nosuid")), found.toString());
      assertFalse(found.get("/mnt/below").contains("ro"), found.toString());
      assertTrue(found.get("/one").contains("noexec"), found.toString());
      assertFalse(found.containsKey("/one/below"), found.toString());
    }
  }

  @Test
  void propagation_ofMounts_isAsConfigured() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 sets the propagation of some mounts only");
    // Of two words the last counts; crun 1.8 hands both to the kernel, which refuses them.
    String[] top =
        runtime.name().equals("crun")
            ? new String[] {"bind", "shared"}
            : new String[] {"rbind", "rprivate", "shared"};
    try (Box box =
        box(
            SHOW,
            tree("/shared", "rbind", "rshared"),
            tree("/private", "rbind", "rprivate"),
            tree("/slave", "rbind", "rslave"),
            tree("/top", top),
            tree("/unbindable", "bind", "unbindable"))) {
      List<String> lines = box.run(0).lines().toList();
      assertTrue(tag(lines, "/shared").startsWith("shared:"), lines.toString());
      assertTrue(tag(lines, "/shared/below").startsWith("shared:"), lines.toString());
      assertEquals("-", tag(lines, "/private"));
      assertEquals("-", tag(lines, "/private/below"));
      assertFalse(tag(lines, "/slave").startsWith("shared:"), lines.toString());
      assertTrue(tag(lines, "/top").startsWith("shared:"), lines.toString());
      assertEquals("unbindable", tag(lines, "/unbindable"));
    }
  }

  private static String tag(List<String> lines, String point) {
    return lines.stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals(point))
        .map(words -> words[2])
        .findFirst()
        .orElse("no mount");
  }

  @Test
  void idMappedMount_showsOtherOwners() throws Exception {
    assumeFalse(runtime.name().equals("runc"), "runc 1.1 has no id-mapped mounts");
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 takes mappings in an option of its own");
    String show = "stat -c %u /mnt/file /mnt/below/file; echo x > /mnt/made";
    try (Box box =
        box(
            show,
            tree("/mnt", "rbind", "idmap").toBuilder()
                .uidMappings(SHIFTED)
                .gidMappings(SHIFTED)
                .build())) {
      box.process(p -> p.user(new User(70_000, 70_000, Optional.empty(), List.of())));
      assertEquals("70000\n0\n", box.run(0));
      assertEquals(0, Files.getAttribute(source.resolve("made"), "unix:uid"));
    }
    Mount whole =
        tree("/mnt", "rbind", "ridmap").toBuilder()
            .uidMappings(SHIFTED)
            .gidMappings(SHIFTED)
            .build();
    try (Box box = box("stat -c %u /mnt/file /mnt/below/file", whole)) {
      assertEquals("70000\n70000\n", box.run(0));
    }
  }

  @Test
  void idMappedMount_ofTheUserNamespace_isWritableByItsRoot() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 has no id-mapped mounts, crun 1.8 an option of its own");
    List<IdMapping> mappings = List.of(new IdMapping(0, 100_000, 1000));
    try (Box box =
        box(
            "stat -c %u /mnt/file; echo x > /mnt/made && stat -c %u /mnt/made",
            tree("/mnt", "bind", "idmap"))) {
      box.namespaces("user", "pid", "ipc", "uts", "network")
          .linux(l -> l.uidMappings(mappings).gidMappings(mappings))
          .ownedBy(100_000);
      assertEquals("0\n0\n", box.run(0));
      assertEquals(0, Files.getAttribute(source.resolve("made"), "unix:uid"));
    }
  }

  @Test
  void idMappedMount_withoutMappings_isRefused() throws Exception {
    assumeTrue(runtime.isOurs(), "runc 1.1 and crun 1.8 do not know the option");
    try (Box box = box("true", tree("/mnt", "bind", "idmap"))) {
      var result = box.tryCreate();
      assertEquals(1, result.code(), result.said());
      assertTrue(result.stderr().contains("id-mapped mount without both mappings"), result.said());
    }
  }

  @Test
  void cgroupMount_inACgroupNamespace_isTheContainersRoot() throws Exception {
    String controller = Box.isUnified() ? "" : "pids";
    String script =
        "cat /proc/self/cgroup; cd /sys/fs/cgroup/%s; ls; touch x || echo closed"
            .formatted(controller);
    try (Box box =
        box(
            script,
            Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"))) {
      box.linux(l ->
          l.namespaces(
              List.of(
                  Namespace.created("mount"),
                  Namespace.created("pid"),
                  Namespace.created("uts"),
                  Namespace.created("ipc"),
                  Namespace.created("network"),
                  Namespace.created("cgroup"))));
      List<String> lines = box.run(0).lines().toList();
      assertTrue(
          lines.stream().anyMatch(l -> l.endsWith(":" + controller + ":/")), lines.toString());
      assertTrue(
          lines.contains(Box.isUnified() ? "cgroup.events" : "pids.max"),
          "not the root of the hierarchy, which has none: " + lines);
      assertEquals("closed", lines.getLast());
    }
  }

  @Test
  void remount_andFileSystemOptionsOfABind_areRefused() throws Exception {
    assumeTrue(
        runtime.isOurs(), "runc and crun remount the target, or ignore what they do not know");
    try (Box box = box("true", tree("/mnt", "bind", "size=5m"))) {
      var result = box.tryCreate();
      assertNotEquals(0, result.code());
      assertTrue(
          result.stderr().contains("bind mounts cannot have file system options"), result.said());
    }
  }
}
