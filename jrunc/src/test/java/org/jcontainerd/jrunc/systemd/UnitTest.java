package org.jcontainerd.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.DeviceRules;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.junit.jupiter.api.Test;

/** What is told to systemd, without one: names, places, properties. */
class UnitTest {
  private static Unit unit(String cgroupsPath) throws Exception {
    return Unit.of(cgroupsPath, "box", "system.slice");
  }

  private static void refused(String message, String cgroupsPath) {
    var failure =
        assertThrows(RuncFailure.InvalidArgument.class, () -> unit(cgroupsPath), cgroupsPath);
    assertEquals("linux.cgroupsPath: " + message, failure.getMessage());
  }

  @Test
  void names_areOfTheFormSlicePrefixName() throws Exception {
    assertEquals(new Unit("system.slice", "jrunc-box.scope"), unit(""));
    assertEquals(new Unit("machine.slice", "libpod-1.scope"), unit("machine.slice:libpod:1"));
    assertEquals(new Unit("system.slice", "docker-1.scope"), unit(":docker:1"));
    assertEquals(new Unit("a.slice", "pod.slice"), unit("a.slice::pod.slice"));
    assertEquals("/system.slice/jrunc-box.scope", unit("").cgroup());
    assertEquals("/a.slice/a-b.slice/a-b-c.slice/x-1.scope", unit("a-b-c.slice:x:1").cgroup());
    assertEquals("/x-1.scope", unit("-.slice:x:1").cgroup());
  }

  @Test
  void names_ofAnyOtherForm_areRefused() {
    refused("'/a/b' is not of the form slice:prefix:name, which the systemd driver wants", "/a/b");
    refused("'a.slice:x:../y' names no unit", "a.slice:x:../y");
    refused("'a.slice:x:' names no unit", "a.slice:x:");
    refused("'a--b.slice' is not the name of a slice", "a--b.slice:x:1");
    refused("'system' is not the name of a slice", "system:x:1");
    refused("'../a.slice' is not the name of a slice", "../a.slice:x:1");
  }

  private static Map<String, Object> values(List<Property> properties) {
    var values = new TreeMap<String, Object>();
    properties.forEach(p -> values.put(p.name() + " " + p.signature(), p.value()));
    return values;
  }

  @Test
  void limits_areInSystemdsWords() throws Exception {
    Resources resources =
        Resources.builder()
            .memory(Memory.builder().limit(100L).swap(150L).reservation(50L).build())
            .cpu(Cpu.builder().shares(1024L).quota(25_001L).period(50_000L).cpus("0-1,9").build())
            .pids(new Pids(Optional.of(-1L)))
            .build();
    assertEquals(
        Map.of(
            "MemoryMax t", 100L,
            "MemoryLow t", 50L,
            "MemorySwapMax t", 50L,
            "CPUWeight t", 100L,
            "CPUQuotaPeriodUSec t", 50_000L,
            "CPUQuotaPerSecUSec t", 510_000L,
            "AllowedCPUs ay", List.of(3L, 2L),
            "TasksMax t", -1L),
        values(UnitProperties.limits(resources, true)));
    assertEquals(
        Map.of(
            "MemoryLimit t", 100L,
            "CPUShares t", 1024L,
            "CPUQuotaPeriodUSec t", 50_000L,
            "CPUQuotaPerSecUSec t", 510_000L,
            "AllowedCPUs ay", List.of(3L, 2L),
            "TasksMax t", -1L),
        values(UnitProperties.limits(resources, false)));
  }

  @Test
  void limits_ofUnifiedFiles_areInSystemdsWordsToo() throws Exception {
    Resources resources =
        Resources.builder()
            .unified(Map.of("memory.high", "max", "pids.max", "7", "io.max", "8:0 rbps=1"))
            .build();
    assertEquals(
        Map.of("MemoryHigh t", -1L, "TasksMax t", 7L),
        values(UnitProperties.limits(resources, true)));
    var wrong = Resources.builder().unified(Map.of("memory.high", "1M")).build();
    var failure =
        assertThrows(RuncFailure.InvalidArgument.class, () -> UnitProperties.limits(wrong, true));
    assertEquals(
        "linux.resources.unified['memory.high']: '1M' is not a number", failure.getMessage());
  }

  @Test
  void idle_isAWeightOfNothing() throws Exception {
    Resources idle = Resources.builder().cpu(Cpu.builder().shares(2048L).idle(1L).build()).build();
    assertEquals(Map.of("CPUWeight t", 0L), values(UnitProperties.limits(idle, true)));
  }

  @Test
  void bits_thatAreNone_areRefused() {
    for (String list : List.of("", ",", "x", "3-1", "-")) {
      var failure =
          assertThrows(
              RuncFailure.InvalidArgument.class, () -> UnitProperties.bits("cpus", list), list);
      assertEquals(true, failure.getMessage().startsWith("cpus: '" + list + "' "), list);
    }
  }

  @Test
  void devices_areNodesAndGroups() throws Exception {
    var none = new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm");
    var all = new DeviceRule(true, "a", Optional.empty(), Optional.empty(), "rwm");
    List<Property> some = UnitProperties.devices(DeviceRules.allowance(List.of(none)));
    assertEquals(new Property("DeviceAllow", "a(ss)", List.of()), some.get(0));
    assertEquals(Property.of("DevicePolicy", "strict"), some.get(1));
    var allowed = (List<?>) some.get(2).value();
    assertEquals(
        List.of(List.of("block-*", "m"), List.of("char-*", "m"), List.of("/dev/char/1:3", "rwm")),
        allowed.subList(0, 3));
    assertEquals(true, allowed.contains(List.of("char-136", "rwm")), allowed::toString);
    assertEquals(
        List.of(
            new Property("DeviceAllow", "a(ss)", List.of()), Property.of("DevicePolicy", "auto")),
        UnitProperties.devices(DeviceRules.allowance(List.of(all))));
  }
}
