package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.oci.runtime.CpuAffinity;
import org.jcontainerd.oci.runtime.IntelRdt;
import org.jcontainerd.oci.runtime.IoPriority;
import org.jcontainerd.oci.runtime.MemoryPolicy;
import org.jcontainerd.oci.runtime.Personality;
import org.jcontainerd.oci.runtime.Scheduler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where and when the process runs: scheduler, I/O priority, CPUs, memory nodes, personality. */
@Tag("oci")
class SchedulingOciTest {
  /** Nice value, real-time priority and policy (proc_pid_stat(5), fields 19, 40 and 41). */
  private static final String SHOW = "busybox cut -d' ' -f19,40,41 /proc/self/stat; true";

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box(String script) throws Exception {
    return new Box(runtime, directory).script(script);
  }

  private void scheduled(String expected, Scheduler scheduler) throws Exception {
    try (Box box = box(SHOW)) {
      box.process(p -> p.scheduler(scheduler));
      assertEquals(expected + "\n", box.run(0), scheduler.policy());
    }
  }

  @Test
  void scheduler_policies_areInForce() throws Exception {
    assumeTrue(runtime.isOurs(), "process.scheduler: runc 1.1 and crun 1.8 are older than it");
    scheduled("5 0 0", Scheduler.builder().policy("SCHED_OTHER").nice(5).build());
    scheduled("7 0 3", Scheduler.builder().policy("SCHED_BATCH").nice(7).build());
    scheduled("0 0 5", Scheduler.builder().policy("SCHED_IDLE").build());
  }

  @Test
  void scheduler_realTime_isInForce() throws Exception {
    assumeTrue(runtime.isOurs(), "process.scheduler: runc 1.1 and crun 1.8 are older than it");
    assumeFalse(
        Files.exists(Path.of("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")),
        "this kernel groups real-time tasks, and gives new cgroups no time for them");
    scheduled("0 9 1", Scheduler.builder().policy("SCHED_FIFO").priority(9).build());
    scheduled("0 3 2", Scheduler.builder().policy("SCHED_RR").priority(3).build());
    // A program of a deadline task may not fork: reset-on-fork gives its children the default.
    scheduled(
        "0 0 0",
        Scheduler.builder()
            .policy("SCHED_DEADLINE")
            .runtime(5_000_000L)
            .deadline(50_000_000L)
            .period(100_000_000L)
            .flags(List.of("SCHED_FLAG_RESET_ON_FORK"))
            .build());
  }

  @Test
  void scheduler_wrong_isRefused() throws Exception {
    assumeTrue(runtime.isOurs(), "process.scheduler: runc 1.1 and crun 1.8 are older than it");
    refused("process.scheduler.policy", Scheduler.builder().policy("SCHED_NONSENSE").build());
    refused(
        "process.scheduler.flags",
        Scheduler.builder().policy("SCHED_OTHER").flags(List.of("SCHED_FLAG_X")).build());
    refused("sched_setattr", Scheduler.builder().policy("SCHED_FIFO").priority(1000).build());
  }

  private void refused(String message, Scheduler scheduler) throws Exception {
    try (Box box = box("true")) {
      box.process(p -> p.scheduler(scheduler));
      var result = box.tryCreate();
      assertEquals(1, result.code(), result.said());
      assertTrue(result.stderr().contains(message), result.said());
    }
  }

  @Test
  void ioPriority_isInForce() throws Exception {
    assumeTrue(runtime.isOurs(), "process.ioPriority: runc 1.1 and crun 1.8 are older than it");
    try (Box box = box("busybox ionice -p $$")) {
      box.process(p -> p.ioPriority(new IoPriority("IOPRIO_CLASS_BE", 6)));
      assertEquals("best-effort: prio 6\n", box.run(0));
      box.process(p -> p.ioPriority(new IoPriority("IOPRIO_CLASS_IDLE", 0)));
      assertTrue(box.run(0).startsWith("idle"));
      box.process(p -> p.ioPriority(new IoPriority("IOPRIO_CLASS_X", 0)));
      assertNotEquals(0, box.tryRun().code());
    }
  }

  @Test
  void execAffinity_isForFurtherProcessesAlone() throws Exception {
    assumeTrue(runtime.isOurs(), "execCPUAffinity: runc 1.1 and crun 1.8 are older than it");
    String show = "grep ^Cpus_allowed_list /proc/self/status | tr -d '\\t '";
    try (Box box = box(show + " > /first; sleep 100")) {
      box.process(p -> p.execCpuAffinity(new CpuAffinity("0", "1")));
      box.create().start();
      var result = box.exec(List.of(), "sh", "-c", show);
      assertEquals("Cpus_allowed_list:1\n", result.stdout(), result.said());
      Path first = box.bundle().rootfs().resolve("first");
      while (Files.notExists(first) || Files.size(first) == 0) {
        Thread.onSpinWait();
      }
      assertNotEquals("Cpus_allowed_list:1\n", Files.readString(first));
    }
  }

  @Test
  void memoryPolicy_isInForce() throws Exception {
    assumeTrue(runtime.isOurs(), "memoryPolicy is of runtime-spec 1.3: the peers are older");
    try (Box box = box("grep -q bind.*:0 /proc/self/numa_maps && echo bound")) {
      box.linux(
          l -> l.memoryPolicy(new MemoryPolicy("MPOL_BIND", "0", List.of("MPOL_F_STATIC_NODES"))));
      var result = box.tryRun();
      assumeFalse(
          result.stderr().contains("set_mempolicy: Function not implemented"),
          "this kernel has no NUMA policies");
      box.linux(l -> l.memoryPolicy(new MemoryPolicy("MPOL_NONSENSE", "0", List.of())));
      var wrong = box.tryRun();
      assertEquals(1, wrong.code(), wrong.said());
      assertTrue(wrong.stderr().contains("linux.memoryPolicy.mode"), wrong.said());
      assertEquals(0, result.code(), result.said());
    }
  }

  @Test
  void personality_isInForce() throws Exception {
    assumeFalse(runtime.name().equals("runc"), "runc 1.1 does not know personality");
    try (Box box = box("uname -m")) {
      box.linux(l -> l.personality(new Personality("LINUX32", List.of())));
      assertNotEquals("x86_64\n", box.run(0));
      box.linux(l -> l.personality(new Personality("LINUX", List.of())));
      assertNotEquals("i686\n", box.run(0));
    }
  }

  @Test
  void intelRdt_withoutResctrl_isRefused() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 forgets what it cannot do");
    assumeFalse(
        Files.readString(Path.of("/proc/mounts")).contains(" resctrl "), "resctrl is mounted");
    try (Box box = box("true")) {
      box.linux(l -> l.intelRdt(IntelRdt.builder().l3CacheSchema("L3:0=f").build()));
      var result = box.tryCreate();
      assertNotEquals(0, result.code(), result.said());
      if (runtime.isOurs()) {
        assertTrue(
            result
                .stderr()
                .contains("linux.intelRdt: not supported: no resctrl file system is mounted"),
            result.said());
      }
      assertEquals(List.of(), box.cgroups());
    }
    try (Box box = box("sleep 100")) {
      box.create();
      var result = box.tryVerb("update", "--l3-cache-schema", "L3:0=f");
      assertNotEquals(0, result.code(), result.said());
    }
  }
}
