package org.jcontainerd.daemon.cri.sandbox;

import java.util.List;
import org.jcontainerd.api.cri.v1.LinuxPodSandboxStatus;
import org.jcontainerd.api.cri.v1.Namespace;
import org.jcontainerd.api.cri.v1.PodIP;
import org.jcontainerd.api.cri.v1.PodSandbox;
import org.jcontainerd.api.cri.v1.PodSandboxNetworkStatus;
import org.jcontainerd.api.cri.v1.PodSandboxState;
import org.jcontainerd.api.cri.v1.PodSandboxStatus;
import org.jcontainerd.daemon.cri.Times;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** Pods as CRI shows them. */
public final class SandboxView {
  private SandboxView() {}

  public static PodSandboxState state(Sandbox sandbox) {
    return sandbox.ready() ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
  }

  public static PodSandbox item(Sandbox sandbox) {
    return PodSandbox.newBuilder()
        .setId(sandbox.id())
        .setMetadata(sandbox.config().getMetadata())
        .setState(state(sandbox))
        .setCreatedAt(Times.unixNanos(sandbox.createdAt()))
        .putAllLabels(sandbox.config().getLabelsMap())
        .putAllAnnotations(sandbox.config().getAnnotationsMap())
        .setRuntimeHandler(sandbox.runtimeHandler())
        .build();
  }

  public static PodSandboxStatus status(Sandbox sandbox) {
    return PodSandboxStatus.newBuilder()
        .setId(sandbox.id())
        .setMetadata(sandbox.config().getMetadata())
        .setState(state(sandbox))
        .setCreatedAt(Times.unixNanos(sandbox.createdAt()))
        .setNetwork(network(sandbox.ips()))
        .setLinux(
            LinuxPodSandboxStatus.newBuilder()
                .setNamespaces(
                    Namespace.newBuilder()
                        .setOptions(
                            sandbox
                                .config()
                                .getLinux()
                                .getSecurityContext()
                                .getNamespaceOptions())))
        .putAllLabels(sandbox.config().getLabelsMap())
        .putAllAnnotations(sandbox.config().getAnnotationsMap())
        .setRuntimeHandler(sandbox.runtimeHandler())
        .build();
  }

  private static PodSandboxNetworkStatus network(List<String> ips) {
    var network = PodSandboxNetworkStatus.newBuilder();
    if (!ips.isEmpty()) {
      network.setIp(ips.getFirst());
      for (String ip : ips.subList(1, ips.size())) {
        network.addAdditionalIps(PodIP.newBuilder().setIp(ip));
      }
    }
    return network.build();
  }
}
