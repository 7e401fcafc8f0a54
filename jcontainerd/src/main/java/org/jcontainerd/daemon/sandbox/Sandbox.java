package org.jcontainerd.daemon.sandbox;

import java.time.Instant;
import java.util.List;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.record.Identified;

/**
 * A pod as the daemon knows it; an immutable snapshot.
 *
 * @param config as the client gave it; echoed, and the source of everything derived
 * @param runtimeHandler as the client gave it, "" for the default
 * @param ips addresses of the pod, the primary one first; none with the host's network
 */
public record Sandbox(
    String id,
    PodSandboxConfig config,
    String runtimeHandler,
    Instant createdAt,
    SandboxState state,
    List<String> ips)
    implements Identified {
  public Sandbox {
    ips = List.copyOf(ips);
  }

  /** The name that may exist once: name, namespace, uid and attempt. */
  public String name() {
    return nameOf(config);
  }

  /** {@link #name} of a pod with {@code config}. */
  public static String nameOf(PodSandboxConfig config) {
    var m = config.getMetadata();
    return m.getName() + "_" + m.getNamespace() + "_" + m.getUid() + "_" + m.getAttempt();
  }

  public boolean ready() {
    return state instanceof SandboxState.Ready;
  }

  /** Whether the pod lives in the network of the host. */
  public boolean hostNetwork() {
    return hostNetwork(config);
  }

  /** As {@link #hostNetwork()}. */
  public static boolean hostNetwork(PodSandboxConfig config) {
    return config.getLinux().getSecurityContext().getNamespaceOptions().getNetwork()
        == NamespaceMode.NODE;
  }

  public Sandbox with(SandboxState next) {
    return new Sandbox(id, config, runtimeHandler, createdAt, next, ips);
  }

  public Sandbox with(List<String> addresses) {
    return new Sandbox(id, config, runtimeHandler, createdAt, state, addresses);
  }

  /** The pod after {@code event}. */
  public Sandbox after(SandboxState.Event event) {
    return with(state.next(event));
  }
}
