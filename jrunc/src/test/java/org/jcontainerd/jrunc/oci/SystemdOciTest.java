package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systemd driver below a real systemd, as the virtual machine has it. */
@Tag("oci")
class SystemdOciTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/run/systemd/system")),
        "systemd does not run here; it does in the virtual machine");
    runtime = RuntimeUnderTest.open(directory);
  }

  private static String show(String unit, String property) throws IOException {
    return new String(
            new ProcessBuilder("systemctl", "show", "--value", "-p", property, unit)
                .start()
                .getInputStream()
                .readAllBytes(),
            StandardCharsets.UTF_8)
        .strip();
  }

  @Test
  void container_isAScope_fromCreateToDelete() throws Exception {
    Resources resources =
        Resources.builder()
            .memory(Memory.builder().limit(64 * MIB).build())
            .pids(new Pids(Optional.of(77L)))
            .build();
    try (Box box = new Box(runtime, directory).script("sleep 1000")) {
      box.linux(l -> l.resources(resources).cgroupsPath("system.slice:test:" + box.id()));
      box.change(s ->
          s.toBuilder().annotations(Map.of("org.systemd.property.TimeoutStopSec", "7")).build());
      String unit = "test-" + box.id() + ".scope";
      var created =
          runtime.runWith(
              Map.of(),
              List.of("--systemd-cgroup"),
              "create",
              "--bundle",
              box.bundle().directory().toString(),
              box.id());
      assertEquals(0, created.code(), created.said());
      assertEquals("active", show(unit, "ActiveState"));
      assertEquals("system.slice", show(unit, "Slice"));
      assertEquals("yes", show(unit, "Delegate"));
      assertEquals("77", show(unit, "TasksMax"));
      assertEquals("7s", show(unit, "TimeoutStopUSec"));
      String cgroup = Files.readString(Path.of("/proc", Integer.toString(box.pid()), "cgroup"));
      assertTrue(cgroup.contains("/system.slice/" + unit), cgroup);
      box.start();
      assertEquals(0, box.exec(List.of(), "true").code());
      box.verb("update", "--pids-limit", "55");
      assertEquals("55", show(unit, "TasksMax"));
      box.verb("pause");
      box.verb("resume");
      box.verb("delete", "--force");
      assertEquals("inactive", show(unit, "ActiveState"));
    }
  }
}
