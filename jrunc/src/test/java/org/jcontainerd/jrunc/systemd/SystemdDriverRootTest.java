package org.jcontainerd.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.CgroupDriver;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver on a real bus and real cgroups; the manager is a fake, the real one is in the VM. */
@Tag("root")
class SystemdDriverRootTest {
  private static final String SCOPE = "test-box.scope";

  @TempDir Path scratch;
  private CgroupLayout layout;
  private CgroupHierarchy named;
  private FakeSystemd systemd;
  private SystemdDriver driver;

  @BeforeEach
  void start() throws Exception {
    layout = CgroupLayout.detect();
    named = layout.of("name=systemd").orElseGet(() -> layout.unified().orElseThrow());
    systemd = new FakeSystemd(scratch, named.mountPoint());
    driver = new SystemdDriver(layout, false, Map.of("DBUS_SYSTEM_BUS_ADDRESS", systemd.address()));
  }

  @AfterEach
  void stop() throws Exception {
    systemd.close();
    for (CgroupHierarchy hierarchy : layout.hierarchies()) {
      Files.deleteIfExists(hierarchy.directory("/driver.slice/" + SCOPE));
      Files.deleteIfExists(hierarchy.directory("/driver.slice"));
    }
  }

  private static Spec spec(Resources resources) {
    return Spec.builder()
        .annotations(Map.of("org.systemd.property.CollectMode", "'inactive-or-failed'"))
        .linux(Linux.builder().cgroupsPath("driver.slice:test:box").resources(resources).build())
        .build();
  }

  private static Resources limited(long bytes) {
    return Resources.builder().memory(Memory.builder().limit(bytes).build()).build();
  }

  private String procs() throws IOException {
    return Files.readString(named.directory("/driver.slice/" + SCOPE).resolve("cgroup.procs"));
  }

  @Test
  void make_isAScopeThatWaitsForItsProcess_andRemoveForgetsIt() throws Exception {
    Spec spec = spec(limited(64 << 20));
    ContainerCgroup cgroup = driver.place(spec, "box");
    CgroupDriver.Opening opening = driver.make(cgroup, spec, "box");
    String waiting = procs().strip();
    assertTrue(Files.exists(Path.of("/proc", waiting)), "a process holds the scope: " + waiting);
    opening.close();
    assertEquals("", procs());
    opening.close(); // a second time does nothing
    Map<String, Variant<?>> told = systemd.told(SCOPE);
    assertEquals("driver.slice", told.get("Slice").getValue());
    assertEquals(true, told.get("Delegate").getValue());
    assertEquals("au", told.get("PIDs").getSig());
    assertEquals(waiting, systemd.pids(SCOPE).get(0).toString());
    assertEquals("inactive-or-failed", told.get("CollectMode").getValue());
    assertEquals("a(ss)", told.get("DeviceAllow").getSig());
    String memory = layout.mode() == CgroupLayout.Mode.UNIFIED ? "MemoryMax" : "MemoryLimit";
    assertEquals("t", told.get(memory).getSig());
    assertEquals("67108864", told.get(memory).getValue().toString());
    for (Path directory : cgroup.directories().values()) {
      assertTrue(Files.isDirectory(directory), directory::toString);
    }
    driver.remove(cgroup);
    cgroup.delete();
    driver.remove(cgroup); // of what is gone
    assertEquals(List.of("start " + SCOPE, "stop " + SCOPE), systemd.calls());
  }

  @Test
  void attach_hasTheManagerMoveAProcess() throws Exception {
    Spec spec = spec(limited(0));
    ContainerCgroup cgroup = driver.place(spec, "box");
    driver.make(cgroup, spec, "box").close();
    Process process = new ProcessBuilder("sleep", "1000").start();
    try (SystemdBus bus = SystemdBus.open(systemd.address())) {
      bus.attach(SCOPE, "", (int) process.pid());
      assertEquals(Long.toString(process.pid()), procs().strip());
      var failure =
          assertThrows(
              IOException.class, () -> bus.attach("no.scope", "/sub", (int) process.pid()));
      assertEquals(
          "move process %d into unit 'no.scope/sub': Unit no.scope not loaded."
              .formatted(process.pid()),
          failure.getMessage());
    } finally {
      var _ = process.destroyForcibly().waitFor();
    }
    driver.remove(cgroup);
    cgroup.delete();
  }

  @Test
  void make_whereAFailedUnitIsLeft_makesItsPlace() throws Exception {
    systemd.fail(SCOPE);
    Spec spec = spec(limited(0));
    ContainerCgroup cgroup = driver.place(spec, "box");
    driver.make(cgroup, spec, "box").close();
    assertEquals(List.of("reset " + SCOPE, "start " + SCOPE), systemd.calls());
    driver.remove(cgroup);
    cgroup.delete();
  }

  @Test
  void update_tellsSystemdOnlyWhatIsGiven() throws Exception {
    Spec spec = spec(limited(0));
    ContainerCgroup cgroup = driver.place(spec, "box");
    driver.make(cgroup, spec, "box").close();
    driver.update(cgroup, Resources.builder().build());
    driver.update(cgroup, Resources.builder().pids(new Pids(Optional.of(9L))).build());
    assertEquals(List.of("start " + SCOPE, "set " + SCOPE), systemd.calls());
    assertEquals("9", systemd.told(SCOPE).get("TasksMax").getValue().toString());
    driver.remove(cgroup);
    cgroup.delete();
  }

  @Test
  void make_withoutABus_saysWhatToDo_andLeavesNothing() throws Exception {
    String nowhere = "unix:path=" + scratch.resolve("nothing");
    var lost = new SystemdDriver(layout, false, Map.of("DBUS_SYSTEM_BUS_ADDRESS", nowhere));
    Spec spec = spec(limited(0));
    ContainerCgroup cgroup = lost.place(spec, "box");
    var failure = assertThrows(IOException.class, () -> lost.make(cgroup, spec, "box"));
    assertTrue(
        failure.getMessage().startsWith("connect to systemd at '" + nowhere + "': "),
        failure::getMessage);
    assertTrue(
        failure.getMessage().endsWith("; without systemd use the cgroupfs driver"),
        failure::getMessage);
    assertFalse(Files.exists(named.directory("/driver.slice/" + SCOPE)));
  }

  @Test
  void place_ofAnOrdinaryUser_needsV2AndABus() {
    var user = new SystemdDriver(layout, true, Map.of());
    if (layout.mode() == CgroupLayout.Mode.UNIFIED) {
      var failure =
          assertThrows(
              RuncFailure.FailedPrecondition.class, () -> user.place(spec(limited(0)), "box"));
      assertTrue(failure.getMessage().startsWith("systemd's user bus: "), failure::getMessage);
    } else {
      var failure =
          assertThrows(RuncFailure.NotSupported.class, () -> user.place(spec(limited(0)), "box"));
      assertEquals(
          "--systemd-cgroup: not supported: an ordinary user's systemd has no cgroups of v1 to"
              + " give",
          failure.getMessage());
    }
  }
}
