package org.jcontainerd.cni;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.netlink.NetlinkProtocol;
import org.jcontainerd.linux.netlink.NetlinkSocket;
import org.jcontainerd.linux.netns.NamespaceFile;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.oci.cni.CniError;

/**
 * A sandbox's network namespace, held open, so it cannot go away or become another one during a
 * call. Confined to one thread.
 */
public final class SandboxNetwork implements AutoCloseable {
  /** Work in the namespace, with a socket that belongs to it. */
  @FunctionalInterface
  public interface Work<T> {
    T run(NetlinkSocket route) throws IOException;
  }

  private final Path path;
  private final Fd namespace;

  private SandboxNetwork(Path path, Fd namespace) {
    this.path = path;
    this.namespace = namespace;
  }

  /** Opens the namespace of a request; a missing one is a failure. */
  public static SandboxNetwork open(CniRequest request) throws CniFailure {
    Path path = request.netns().orElseThrow();
    return find(request)
        .orElseThrow(() ->
            CniFailure.of(
                CniError.UNKNOWN_CONTAINER, "network namespace '" + path + "': not there"));
  }

  /** Opens the namespace of a request; empty if it is gone, as may be on DEL. */
  public static Optional<SandboxNetwork> find(CniRequest request) throws CniFailure {
    if (request.netns().isEmpty()) {
      return Optional.empty();
    }
    Path path = request.netns().get();
    try {
      return NamespaceFile.open(path).map(fd -> new SandboxNetwork(path, fd));
    } catch (IOException e) {
      throw CniFailure.io("open network namespace '" + path + "'", e);
    }
  }

  /** The namespace; borrowed. */
  public Fd namespace() {
    return namespace;
  }

  /** A socket that belongs to the namespace; the caller closes it. */
  public NetlinkSocket openRoute() throws IOException {
    return NetworkNamespace.call(namespace, () -> NetlinkSocket.open(NetlinkProtocol.ROUTE));
  }

  /** Runs work in the namespace, on a thread that then ends; kernel settings there are its own. */
  public <T> T call(Work<T> work) throws IOException {
    return NetworkNamespace.call(
        namespace,
        () -> {
          try (var route = NetlinkSocket.open(NetlinkProtocol.ROUTE)) {
            return work.run(route);
          }
        });
  }

  @Override
  public void close() {
    namespace.close();
  }

  @Override
  public String toString() {
    return "'" + path + "'";
  }
}
