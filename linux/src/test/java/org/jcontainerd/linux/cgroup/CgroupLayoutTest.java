package org.jcontainerd.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupLayoutTest {
  @TempDir Path tree;

  private CgroupLayout layout(String... mounts) throws IOException {
    var text = new StringBuilder("27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
    for (String mount : mounts) {
      text.append("40 31 0:29 ").append(mount.replace("@", tree.toString())).append('\n');
    }
    return CgroupLayout.detect(Files.writeString(tree.resolve("mountinfo"), text.toString()));
  }

  @Test
  void detect_controllersEachAlone_isHybrid() throws IOException {
    Path unified = Files.createDirectory(tree.resolve("unified"));
    Files.writeString(unified.resolve("cgroup.controllers"), "hugetlb\n");
    CgroupLayout layout =
        layout(
            "/ @/cpu rw,relatime - cgroup cgroup rw,cpu",
            "/ @/cpuacct rw,relatime - cgroup cgroup rw,cpuacct",
            "/ @/memory rw,relatime - cgroup cgroup rw,memory",
            "/ @/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd",
            "/ @/unified rw,relatime - cgroup2 cgroup2 rw");
    assertEquals(CgroupLayout.Mode.HYBRID, layout.mode());
    assertEquals(5, layout.hierarchies().size());
    assertEquals(tree.resolve("cpu/a/b"), layout.of("cpu").orElseThrow().directory("/a/b"));
    assertEquals(unified, layout.of("hugetlb").orElseThrow().directory("/"));
    assertEquals(Set.of("name=systemd"), layout.of("name=systemd").orElseThrow().controllers());
    assertEquals(Optional.empty(), layout.of("pids"));
  }

  @Test
  void detect_controllersTogether_areOneTree() throws IOException {
    CgroupLayout layout =
        layout(
            "/ @/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct",
            "/ @/net_cls,net_prio rw - cgroup cgroup rw,net_cls,net_prio");
    assertEquals(CgroupLayout.Mode.LEGACY, layout.mode());
    assertEquals(layout.of("cpu"), layout.of("cpuacct"));
    assertEquals(2, layout.legacy().size());
    Path file =
        Files.writeString(
            tree.resolve("cgroup"), "5:cpuacct,cpu:/x:y\n4:net_cls,net_prio:/\n3:pids:/p\n0::/u\n");
    var cgroups = layout.ofProcess(file);
    assertEquals(2, cgroups.size());
    assertEquals("/x:y", cgroups.get(layout.of("cpu").orElseThrow()));
  }

  @Test
  void detect_unifiedAlone_hasWhatItOffers() throws IOException {
    Files.writeString(tree.resolve("cgroup.controllers"), "cpu io memory pids\n");
    CgroupLayout layout = layout("/ @ rw,nosuid - cgroup2 cgroup2 rw,nsdelegate");
    assertEquals(CgroupLayout.Mode.UNIFIED, layout.mode());
    assertEquals(layout.unified(), layout.of("io"));
    assertEquals(Optional.empty(), layout.of("blkio"));
  }

  @Test
  void detect_namedTreeBesideUnified_isUnified() throws IOException {
    CgroupLayout layout =
        layout("/ @/s rw - cgroup cgroup rw,name=systemd", "/ @/u rw - cgroup2 none rw");
    assertEquals(CgroupLayout.Mode.UNIFIED, layout.mode());
    assertEquals(CgroupLayout.Mode.NONE, layout().mode());
  }

  @Test
  void detect_oneTreeMountedTwice_takesTheOneThatShowsMore() throws IOException {
    CgroupLayout layout =
        layout(
            "/docker/x @/inner rw - cgroup cgroup rw,memory",
            "/ @/outer rw - cgroup cgroup rw,memory");
    assertEquals(tree.resolve("outer/a"), layout.of("memory").orElseThrow().directory("/a"));
    CgroupHierarchy inner =
        layout("/docker/x @/inner rw - cgroup cgroup rw,memory").of("memory").orElseThrow();
    assertEquals(tree.resolve("inner/y"), inner.directory("/docker/x/y"));
    assertEquals(tree.resolve("inner"), inner.directory("/docker/x"));
  }

  @Test
  void directory_pathThatLeadsOut_isRefused() throws IOException {
    CgroupHierarchy cpu = layout("/ @/cpu rw - cgroup cgroup rw,cpu").of("cpu").orElseThrow();
    for (String path : new String[] {"a", "", "/a/../..", "/../x", "/a/./b"}) {
      assertThrows(IllegalArgumentException.class, () -> cpu.directory(path), path);
    }
  }
}
