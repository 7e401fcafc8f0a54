package org.jcontainerd.daemon.network;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jcontainerd.oci.cni.CniDns;

/**
 * A pod that is to be connected. Immutable.
 *
 * @param sandboxId the container id that plugins see
 * @param netns where the pod's network namespace is pinned; its {@code lo} is up
 * @param podName name of the pod in Kubernetes, as the two that follow for {@code CNI_ARGS}
 * @param portMappings those without a host port are left out by the caller
 * @param dns name service of the pod
 * @param bandwidth {@code ingressRate}, {@code egressRate} and so on in bits; empty for no limit
 * @param cgroupPath the pod's cgroup, "" if unknown
 * @param annotations of the pod
 */
public record Attachment(
    String sandboxId,
    Path netns,
    String podName,
    String podNamespace,
    String podUid,
    List<PortMapping> portMappings,
    CniDns dns,
    Map<String, Long> bandwidth,
    String cgroupPath,
    Map<String, String> annotations) {
  /** The one interface of a pod. */
  static final String IFNAME = "eth0";

  public Attachment {
    portMappings = List.copyOf(portMappings);
    bandwidth = Map.copyOf(bandwidth);
    annotations = Map.copyOf(annotations);
  }

  /** A pod that asks for nothing special. */
  public static Attachment of(
      String sandboxId, Path netns, String podName, String podNamespace, String podUid) {
    return new Attachment(
        sandboxId,
        netns,
        podName,
        podNamespace,
        podUid,
        List.of(),
        CniDns.NONE,
        Map.of(),
        "",
        Map.of());
  }

  /** The same pod with host ports. */
  public Attachment withPortMappings(List<PortMapping> mappings) {
    return new Attachment(
        sandboxId,
        netns,
        podName,
        podNamespace,
        podUid,
        mappings,
        dns,
        bandwidth,
        cgroupPath,
        annotations);
  }

  /** What every plugin is told, whether it understands it or not. */
  List<List<String>> cniArgs() {
    return List.of(
        List.of("IgnoreUnknown", "1"),
        List.of("K8S_POD_NAMESPACE", podNamespace),
        List.of("K8S_POD_NAME", podName),
        List.of("K8S_POD_INFRA_CONTAINER_ID", sandboxId),
        List.of("K8S_POD_UID", podUid));
  }
}
