package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jcontainerd.api.cri.v1.DNSConfig;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PortMapping;
import org.junit.jupiter.api.Test;

/** Networks of pods. */
class NetworkTest extends CriSuite {
  private static final String SERVE =
      "mkdir /www; echo hello > /www/index.html; exec httpd -f -h /www -p ";

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String server(PodSandboxConfig pod) {
    String podId = run(pod);
    start(podId, pod, shell("main", SERVE + 80).build());
    return podId;
  }

  private String client(String name) {
    return startShell(name, "sleep 3600");
  }

  // not wget: in a static busybox it crashes in getservbyname where there are no NSS libraries
  private String fetch(String id, String host, int port) throws InterruptedException {
    String request = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + host + " " + port;
    return body(
        await(
                () -> pods().exec(id, "sh", "-c", request),
                answer -> answer.getStdout().toStringUtf8().contains("\r\n\r\n"),
                host + ":" + port)
            .getStdout()
            .toStringUtf8());
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
  }

  @Test
  void pods_reachEachOtherByAddress() throws Exception {
    String podId = server(pods().pod("server").build());
    String ip = podStatus(podId).getNetwork().getIp();
    assertEquals("hello", fetch(client("client"), ip, 80));
  }

  @Test
  void hostPort_isReachedFromTheHostFromAPodAndFromItself() throws Exception {
    int port = freePort();
    var pod =
        pods()
            .pod("published")
            .addPortMappings(PortMapping.newBuilder().setHostPort(port).setContainerPort(80))
            .build();
    String podId = run(pod);
    String id = start(podId, pod, shell("main", SERVE + 80).build());
    String ip = podStatus(podId).getNetwork().getIp();
    String gateway = ip.substring(0, ip.indexOf('.', 3)) + ".0.1";
    assertEquals("hello", fetch(client("client"), gateway, port));
    assertEquals("hello", fetch(id, gateway, port), "hairpin");
    assertEquals("hello", get("127.0.0.1", port));
  }

  /** One HTTP/1.0 request by hand: no client's retries or caches between us and the port. */
  private static String get(String host, int port) throws IOException {
    try (var socket = new Socket(host, port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return body(answer);
    }
  }

  @Test
  void hostPort_afterThePodIsGone_isFreeForTheNext() throws Exception {
    int port = freePort();
    for (int i = 0; i < 2; i++) {
      var pod =
          pods()
              .pod("again-" + i)
              .addPortMappings(PortMapping.newBuilder().setHostPort(port).setContainerPort(80))
              .build();
      String podId = pods().run(pod);
      start(podId, pod, shell("main", SERVE + 80).build());
      await(() -> tryGet(port), "hello"::equals, "port " + port);
      pods().stop(podId);
      pods().remove(podId);
    }
  }

  private static String tryGet(int port) {
    try {
      return get("127.0.0.1", port);
    } catch (IOException e) {
      return e.toString(); // not listening yet
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
