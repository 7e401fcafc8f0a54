package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits where cgroup v2 is alone (kernel, cgroup-v2.rst), as {@code bin/test --vm} has it. */
@Tag("oci")
class UnifiedLimitsOciTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(
        Box.isUnified(), "this host has cgroup v1: bin/test --vm has a machine with v2 alone");
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box limited(Resources resources) throws Exception {
    return new Box(runtime, directory).script("sleep 100").linux(l -> l.resources(resources));
  }

  @Test
  void limits_areInTheCgroup() throws Exception {
    Resources resources =
        Resources.builder()
            .memory(Memory.builder().limit(64 * MIB).reservation(32 * MIB).swap(128 * MIB).build())
            .cpu(Cpu.builder().period(50_000L).quota(25_000L).cpus("0").mems("0").build())
            .pids(new Pids(Optional.of(77L)))
            .unified(Map.of("memory.high", Long.toString(48 * MIB)))
            .build();
    try (Box box = limited(resources)) {
      box.create();
      assertEquals(Long.toString(64 * MIB), box.unified("memory.max"));
      assertEquals(Long.toString(32 * MIB), box.unified("memory.low"));
      assertEquals(Long.toString(64 * MIB), box.unified("memory.swap.max"));
      assertEquals(Long.toString(48 * MIB), box.unified("memory.high"));
      assertEquals("25000 50000", box.unified("cpu.max"));
      assertEquals("0", box.unified("cpuset.cpus"));
      assertEquals("0", box.unified("cpuset.mems"));
      assertEquals("77", box.unified("pids.max"));
      assertEquals(Integer.toString(box.pid()), box.unified("cgroup.procs"));
    }
  }

  @Test
  void update_flags_changeTheLimits() throws Exception {
    Resources resources =
        Resources.builder().memory(Memory.builder().limit(64 * MIB).swap(64 * MIB).build()).build();
    try (Box box = limited(resources)) {
      box.create().start();
      String limit = Long.toString(96 * MIB);
      box.verb("update", "--memory", limit, "--memory-swap", limit, "--pids-limit", "55");
      box.verb("update", "--cpu-period", "100000", "--cpu-quota", "60000");
      assertEquals(limit, box.unified("memory.max"));
      assertEquals("0", box.unified("memory.swap.max"));
      assertEquals("55", box.unified("pids.max"));
      assertEquals("60000 100000", box.unified("cpu.max"));
    }
  }

  @Test
  void update_resourcesFile_changesTheLimits() throws Exception {
    try (Box box = limited(Resources.builder().build())) {
      box.create().start();
      Path file = directory.resolve("resources.json");
      Files.writeString(
          file,
          "{\"memory\":{\"limit\":50331648},\"pids\":{\"limit\":40},\"cpu\":{\"cpus\":\"0\"}}");
      box.verb("update", "--resources", file.toString());
      assertEquals("50331648", box.unified("memory.max"));
      assertEquals("40", box.unified("pids.max"));
      assertEquals("0", box.unified("cpuset.cpus"));
    }
  }
}
