package org.jcontainerd.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.Test;

class CgroupPlacementTest {
  private static final CgroupHierarchy V2 =
      new CgroupHierarchy(Path.of("/cg"), "/", Set.of("memory", "hugetlb"), true);
  private static final CgroupHierarchy HUGETLB =
      new CgroupHierarchy(Path.of("/cg/unified"), "/", Set.of("hugetlb"), true);
  private static final CgroupHierarchy MEMORY = legacy("memory");
  private static final CgroupHierarchy DEVICES = legacy("devices");
  private static final Resources NONE = Resources.builder().build();

  private static CgroupHierarchy legacy(String controller) {
    return new CgroupHierarchy(Path.of("/cg", controller), "/", Set.of(controller), false);
  }

  private static Map<String, Path> place(
      List<CgroupHierarchy> hierarchies, String own, String wanted, Resources resources)
      throws Exception {
    var owns = new HashMap<CgroupHierarchy, String>();
    hierarchies.forEach(h -> owns.put(h, own));
    return CgroupPlacement.of(
        new CgroupLayout(hierarchies), owns, CgroupPlacement.wanted(wanted, "box"), resources);
  }

  @Test
  void relative_onV2Alone_isBesideTheRuntime() throws Exception {
    assertEquals(
        Map.of("/cg", Path.of("/cg/user.slice/box")),
        place(List.of(V2), "/user.slice/shell.scope", "", NONE));
    assertEquals(Map.of("/cg", Path.of("/cg/a/b")), place(List.of(V2), "/", "a/b", NONE));
    assertEquals(Map.of("/cg", Path.of("/cg/a/b")), place(List.of(V2), "/x/y", "/a/b", NONE));
  }

  @Test
  void relative_onV1_isBelowTheRuntime() throws Exception {
    assertEquals(
        Map.of(
            "/cg/memory", Path.of("/cg/memory/shell/box"),
            "/cg/devices", Path.of("/cg/devices/shell/box")),
        place(List.of(MEMORY, DEVICES), "/shell", "", NONE));
  }

  @Test
  void hybrid_usesTheUnifiedTree_whereOnlyThatKeepsALimit() throws Exception {
    Resources pages =
        Resources.builder().hugepageLimits(List.of(new HugepageLimit("2MB", 0))).build();
    var all = List.of(MEMORY, DEVICES, HUGETLB);
    assertEquals(Set.of("/cg/memory", "/cg/devices"), place(all, "/", "/a", NONE).keySet());
    assertEquals(3, place(all, "/", "/a", pages).size());
    assertEquals(
        Set.of("/cg/memory", "/cg/unified"),
        place(List.of(MEMORY, HUGETLB), "/", "/a", NONE).keySet(),
        "device rules are a program there");
  }

  @Test
  void path_outsideTheHierarchy_isRefused() {
    assertRefused("'..' is not inside a hierarchy", "..");
    assertRefused("'/' is not inside a hierarchy", "/");
    assertRefused("'a/../../b' is not inside a hierarchy", "a/../../b");
    assertRefused(
        "'a.slice:x:y' is of the systemd driver's form, but the driver is cgroupfs", "a.slice:x:y");
  }

  private static void assertRefused(String message, String path) {
    var failure =
        assertThrows(RuncFailure.InvalidArgument.class, () -> CgroupPlacement.wanted(path, "box"));
    assertEquals("linux.cgroupsPath: " + message, failure.getMessage());
  }

  private static Spec owned(long uid, Linux.Builder linux, String... mountOptions) {
    return Spec.builder()
        .process(ProcessSpec.builder().user(new User(uid, 0, Optional.empty(), List.of())).build())
        .mounts(List.of(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", mountOptions)))
        .linux(linux.build())
        .build();
  }

  private static Linux.Builder ownNamespace() {
    return Linux.builder().namespaces(List.of(Namespace.created("cgroup")));
  }

  @Test
  void owner_ofAWritableCgroupNamespace_isTheProcessesUser() {
    var mappings = List.of(new IdMapping(0, 100_000, 10), new IdMapping(10, 300_000, 10));
    assertEquals(OptionalInt.of(1000), CgroupOwner.of(owned(1000, ownNamespace())));
    assertEquals(
        OptionalInt.of(300_002), CgroupOwner.of(owned(12, ownNamespace().uidMappings(mappings))));
    assertEquals(
        OptionalInt.of(100_000), CgroupOwner.of(owned(0, ownNamespace().uidMappings(mappings))));
  }

  @Test
  void owner_ofWhatTheContainerCannotWrite_staysTheRuntime() {
    assertEquals(OptionalInt.empty(), CgroupOwner.of(owned(0, ownNamespace())));
    assertEquals(OptionalInt.empty(), CgroupOwner.of(owned(1000, ownNamespace(), "ro")));
    assertEquals(OptionalInt.empty(), CgroupOwner.of(owned(1000, Linux.builder())));
    assertEquals(OptionalInt.empty(), CgroupOwner.of(Spec.builder().build()));
  }
}
