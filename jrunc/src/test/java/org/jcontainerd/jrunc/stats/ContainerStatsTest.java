package org.jcontainerd.jrunc.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.oci.json.OciJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same document from both versions of cgroups, read from directories that look like theirs. */
class ContainerStatsTest {
  @TempDir Path mount;

  private CgroupDirectories cgroup(boolean unified, String... controllers) {
    var hierarchy = new CgroupHierarchy(mount, "/", Set.of(controllers), unified);
    return new CgroupDirectories(
        new CgroupLayout(List.of(hierarchy)), Map.of(mount.toString(), mount));
  }

  private void file(String name, String text) throws Exception {
    Files.writeString(mount.resolve(name), text);
  }

  private static String json(Object value) {
    return new String(OciJson.write(value), StandardCharsets.UTF_8);
  }

  @Test
  void unified_isToldInTheWordsOfVersionOne() throws Exception {
    file(
        "cpu.stat",
        "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 4\nnr_throttled 2\nthrottled_usec 7\n");
    file("cpu.pressure", "some avg10=0.50 avg60=0.00 avg300=0.00 total=9\n");
    file("memory.stat", "anon 5\nfile 3\n");
    file("memory.current", "100\n");
    file("memory.max", "max\n");
    file("memory.peak", "200\n");
    file("memory.swap.current", "11\n");
    file("memory.swap.max", "50\n");
    file("pids.current", "2\n");
    file("pids.max", "max\n");
    file("io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5\n");
    Map<String, Object> stats = ContainerStats.read(cgroup(true, "cpu", "memory", "pids", "io"));
    assertEquals(
        "{\"usage\":{\"total\":30000,\"kernel\":10000,\"user\":20000},"
            + "\"throttling\":{\"periods\":4,\"throttledPeriods\":2,\"throttledTime\":7000},"
            + "\"psi\":{\"some\":{\"avg10\":0.5,\"avg60\":0.0,\"avg300\":0.0,\"total\":9}}}",
        json(stats.get("cpu")));
    String memory = json(stats.get("memory"));
    assertTrue(
        memory.startsWith(
            "{\"cache\":3,\"usage\":{\"limit\":18446744073709551615,\"usage\":100,\"max\":200,"
                + "\"failcnt\":0},\"swap\":{\"limit\":18446744073709551615,\"usage\":111,"),
        memory);
    assertEquals("{\"current\":2}", json(stats.get("pids")));
    assertEquals(
        "{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":1},"
            + "{\"major\":8,\"op\":\"Write\",\"value\":2}],"
            + "\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":3},"
            + "{\"major\":8,\"op\":\"Write\",\"value\":4}]}",
        json(stats.get("blkio")));
    assertEquals("null", json(stats.get("network_interfaces")));
  }

  @Test
  void legacy_hasTheCountersOfEachProcessor() throws Exception {
    file("cpuacct.usage", "30\n");
    file("cpuacct.usage_percpu", "10 20 \n");
    file("cpuacct.usage_all", "cpu user system\n0 1 2\n1 3 4\n");
    file("cpuacct.stat", "user 2\nsystem 1\n");
    file("memory.stat", "cache 3\nrss 4\n");
    file("memory.limit_in_bytes", "1000\n");
    file("memory.usage_in_bytes", "10\n");
    file("memory.max_usage_in_bytes", "20\n");
    file("memory.failcnt", "1\n");
    file("blkio.throttle.io_service_bytes_recursive", "8:0 Read 5\n8:0 Total 5\nTotal 5\n");
    Map<String, Object> stats = ContainerStats.read(cgroup(false, "cpuacct", "memory", "blkio"));
    assertEquals(
        "{\"usage\":{\"total\":30,\"percpu\":[10,20],\"percpu_kernel\":[2,4],\"percpu_user\":[1,3],"
            + "\"kernel\":10000000,\"user\":20000000}}",
        json(stats.get("cpu")));
    String memory = json(stats.get("memory"));
    assertTrue(
        memory.startsWith(
            "{\"cache\":3,\"usage\":{\"limit\":1000,\"usage\":10,\"max\":20,\"failcnt\":1}"),
        memory);
    assertEquals(
        "{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":5},"
            + "{\"major\":8,\"op\":\"Total\",\"value\":5}]}",
        json(stats.get("blkio")));
  }

  @Test
  void lists_areTheirNumbers() throws Exception {
    file("cpuset.cpus", "0-2,5\n");
    assertEquals(
        Optional.of(List.of(0, 1, 2, 5)), ContainerStats.list(mount.resolve("cpuset.cpus")));
    assertEquals(Optional.empty(), ContainerStats.list(mount.resolve("missing")));
  }
}
