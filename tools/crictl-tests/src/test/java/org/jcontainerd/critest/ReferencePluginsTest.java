package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import org.jcontainerd.api.cri.v1.PortMapping;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.leak.HostState;
import org.jcontainerd.testing.runtime.Locations;
import org.jcontainerd.testing.runtime.TestNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods of our daemon in a network that the reference CNI plugins make, as programs. */
@Tag("cri")
@Timeout(120)
class ReferencePluginsTest {
  private static final TestNetwork NETWORK = new TestNetwork("jcref0", "10.203.0.0/16");

  /**
   * What the reference leaves: the tables that iptables makes at its first rule, and the chains of
   * portmap that all containers share; a container's own chains are not among them.
   */
  private static final Pattern OF_THE_REFERENCE =
      Pattern.compile(
          "nf_tables chain table ip6? (nat|filter|mangle|raw) chain"
              + " (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING|CNI-HOSTPORT-(DNAT|SETMARK|MASQ))");

  private Optional<OwnDaemon> started = Optional.empty();

  @AfterEach
  void stop() throws IOException {
    if (started.isPresent()) {
      started.get().removePods(); // of a test that failed
      started.get().close();
    }
  }

  private OwnDaemon daemon() {
    return started.orElseThrow();
  }

  @Test
  void pods_ofTheReferencesNetwork_reachEachOtherAndLeaveNothing() throws Exception {
    Path plugins = Locations.peers().resolve("cni");
    assumeTrue(
        Files.isExecutable(plugins.resolve("bridge")),
        plugins + ": not there: bin/setup unpacks it");
    started = Optional.of(OwnDaemon.start("jcref", NETWORK, plugins));
    var _ = daemon().pods().pull(daemon().busybox());
    removePod(runPod("warm-up", "sleep 3600", 0)); // it makes what stays: the bridge, cgroups
    HostState before = HostState.capture();

    int port = Hello.freePort();
    Pod server = runPod("server", Hello.SERVE, port);
    Pod client = runPod("client", "sleep 3600", 0);
    assertTrue(server.ip().startsWith("10.203."), server.ip());
    String answer =
        CriSuite.await(
            () ->
                daemon()
                    .pods()
                    .exec(client.container(), "sh", "-c", Hello.request(server.ip(), 80))
                    .getStdout()
                    .toStringUtf8(),
            Hello::answered,
            server.ip());
    assertEquals("hello", Hello.body(answer));
    assertEquals("hello", Hello.get("127.0.0.1", port));

    removePod(server);
    removePod(client);
    assertEquals(
        List.of(),
        before.left(each -> OF_THE_REFERENCE.matcher(each).matches()),
        "left behind on the host");
  }

  private record Pod(String id, String container, String ip) {}

  /**
   * A pod with one container.
   *
   * @param hostPort that leads to its port 80; 0 for none
   */
  private Pod runPod(String name, String script, int hostPort) {
    Pods pods = daemon().pods();
    PodSandboxConfig.Builder config = pods.pod(name);
    if (hostPort > 0) {
      config.addPortMappings(PortMapping.newBuilder().setHostPort(hostPort).setContainerPort(80));
    }
    String id = pods.run(config.build());
    String container =
        pods.create(
            id,
            config.build(),
            Pods.container("main", daemon().busybox(), "sh", "-c", script).build());
    pods.start(container);
    String ip =
        daemon()
            .cri()
            .runtime()
            .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build())
            .getStatus()
            .getNetwork()
            .getIp();
    return new Pod(id, container, ip);
  }

  private void removePod(Pod pod) {
    daemon().pods().stop(pod.id());
    daemon().pods().remove(pod.id());
  }
}
