package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.jcontainerd.api.cri.v1.DNSConfig;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PortMapping;
import org.junit.jupiter.api.Test;

/** Networks of pods. */
class NetworkTest extends CriSuite {
  private String server(PodSandboxConfig pod) {
    String podId = run(pod);
    start(podId, pod, shell("main", Hello.SERVE).build());
    return podId;
  }

  private String client(String name) {
    return startShell(name, "sleep 3600");
  }

  private String fetch(String id, String host, int port) throws InterruptedException {
    return Hello.body(
        await(
            () -> pods().exec(id, "sh", "-c", Hello.request(host, port)).getStdout().toStringUtf8(),
            Hello::answered,
            host + ":" + port));
  }

  @Test
  void pods_reachEachOtherByAddress() throws Exception {
    String podId = server(pods().pod("server").build());
    String ip = podStatus(podId).getNetwork().getIp();
    assertEquals("hello", fetch(client("client"), ip, 80));
  }

  @Test
  void hostPort_isReachedFromTheHostFromAPodAndFromItself() throws Exception {
    int port = Hello.freePort();
    var pod =
        pods()
            .pod("published")
            .addPortMappings(PortMapping.newBuilder().setHostPort(port).setContainerPort(80))
            .build();
    String podId = run(pod);
    String id = start(podId, pod, shell("main", Hello.SERVE).build());
    String ip = podStatus(podId).getNetwork().getIp();
    String gateway = ip.substring(0, ip.indexOf('.', 3)) + ".0.1";
    assertEquals("hello", fetch(client("client"), gateway, port));
    assertEquals("hello", fetch(id, gateway, port), "hairpin");
    assertEquals("hello", Hello.get("127.0.0.1", port));
  }

  @Test
  void hostPort_afterThePodIsGone_isFreeForTheNext() throws Exception {
    int port = Hello.freePort();
    for (int i = 0; i < 2; i++) {
      var pod =
          pods()
              .pod("again-" + i)
              .addPortMappings(PortMapping.newBuilder().setHostPort(port).setContainerPort(80))
              .build();
      String podId = pods().run(pod);
      start(podId, pod, shell("main", Hello.SERVE).build());
      await(() -> Hello.tryGet("127.0.0.1", port), "hello"::equals, "port " + port);
      pods().stop(podId);
      pods().remove(podId);
    }
  }

  @Test
  void dns_asConfigured_isInResolvConf() {
    var pod =
        pods()
            .pod("dns")
            .setDnsConfig(
                DNSConfig.newBuilder()
                    .addServers("10.10.10.10")
                    .addSearches("google.com")
                    .addOptions("ndots:8"))
            .build();
    String id = start(run(pod), pod, shell("main", "sleep 3600").build());
    String text = output(id, "cat /etc/resolv.conf");
    assertTrue(text.contains("nameserver 10.10.10.10"), text);
    assertTrue(text.contains("search google.com"), text);
    assertTrue(text.contains("options ndots:8"), text);
  }

  @Test
  void hostNetwork_hasTheHostsNamespaceAndNoAddressOfItsOwn() throws IOException {
    var pod = pods().pod("host");
    pod.getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    pod.clearHostname();
    String podId = run(pod.build());
    var config = shell("main", "sleep 3600");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setNamespaceOptions(pod.getLinux().getSecurityContext().getNamespaceOptions());
    String id = start(podId, pod.build(), config.build());
    assertEquals("", podStatus(podId).getNetwork().getIp());
    String ours =
        java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/net")).toString();
    assertEquals(ours, output(id, "readlink /proc/self/ns/net"));
  }
}
