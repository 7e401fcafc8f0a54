package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.oci.runtime.NetDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces of the host that move into the container (config-linux.md, "Network Devices"). */
@Tag("oci")
class NetDevicesOciTest {
  private static final String NEAR = "jo" + ProcessHandle.current().pid() % 100_000 + "a";
  private static final String FAR = "jo" + ProcessHandle.current().pid() % 100_000 + "b";

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    assumeTrue(
        runtime.isOurs(), "netDevices is of runtime-spec 1.3: runc 1.1 and crun 1.8 are older");
    ip("link add %s type veth peer name %s".formatted(NEAR, FAR));
  }

  @AfterEach
  void close() throws Exception {
    if (runtime.isOurs()) {
      var _ = tryIp("link delete " + FAR); // gone with the container, or there still
    }
  }

  private static int tryIp(String words) throws Exception {
    Process ip = new ProcessBuilder(("ip " + words).split(" ")).redirectErrorStream(true).start();
    var _ = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return ip.waitFor();
  }

  private static void ip(String words) throws Exception {
    assertEquals(0, tryIp(words), "ip " + words);
  }

  private Box box(String script, Map<String, NetDevice> devices) throws Exception {
    return new Box(runtime, directory).script(script).linux(l -> l.netDevices(devices));
  }

  @Test
  void device_moved_keepsItsGlobalAddresses() throws Exception {
    ip("link set %s mtu 1400 address 02:00:00:00:00:05".formatted(NEAR));
    ip("address add 192.0.2.5/24 dev " + NEAR);
    ip("address add 169.254.7.7/16 scope link dev " + NEAR);
    ip("address add 2001:db8::5/64 nodad dev " + NEAR);
    try (Box box = box("ip addr show", Map.of(NEAR, new NetDevice("inner0")))) {
      String output = box.run(0);
      assertTrue(output.contains("inner0"), output);
      assertTrue(output.contains("mtu 1400"), output);
      assertTrue(output.contains("02:00:00:00:00:05"), output);
      assertTrue(output.contains("inet 192.0.2.5/24"), output);
      assertTrue(output.contains("inet6 2001:db8::5/64"), output);
      assertFalse(output.contains("169.254.7.7"), output);
      assertTrue(output.matches("(?s).*inner0@?\\S*: <[^>]*\\bUP\\b.*"), output);
      assertNotEquals(0, tryIp("link show " + NEAR), "a virtual device ends with its namespace");
    }
  }

  @Test
  void device_withoutName_keepsIt_andAPatternIsFilled() throws Exception {
    try (Box box = box("ip link show " + NEAR, Map.of(NEAR, new NetDevice("")))) {
      assertTrue(box.run(0).contains(NEAR));
    }
    ip("link add %s type veth peer name %s".formatted(NEAR, FAR));
    try (Box box = box("ip link show net0", Map.of(NEAR, new NetDevice("net%d")))) {
      assertTrue(box.run(0).contains("net0"));
    }
  }

  @Test
  void device_thatCannotMove_failsAndNothingIsTouched() throws Exception {
    refused(
        "linux.netDevices['no-such0']: the host has no such interface",
        Map.of("no-such0", new NetDevice("")));
    refused("the container has an interface 'lo' already", Map.of(NEAR, new NetDevice("lo")));
    refused("'a/b' is no name of an interface", Map.of(NEAR, new NetDevice("a/b")));
    ip("link show " + NEAR);
  }

  private void refused(String message, Map<String, NetDevice> devices) throws Exception {
    try (Box box = box("true", devices)) {
      var result = box.tryCreate();
      assertEquals(1, result.code(), result.said());
      assertTrue(result.stderr().contains(message), result.said());
    }
  }

  @Test
  void device_withoutNetworkNamespace_isRefused() throws Exception {
    try (Box box = box("true", Map.of(NEAR, new NetDevice("")))) {
      box.namespaces("pid", "uts", "ipc");
      var result = box.tryCreate();
      assertEquals(1, result.code(), result.said());
      assertTrue(result.stderr().contains("without a private NET namespace"), result.said());
    }
  }
}
