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
  /** Work that must be done by a thread in the namespace. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
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
    return openRoute(() -> {});
  }

  /**
   * A socket that belongs to the namespace, after work that must be done by a thread in it, as for
   * kernel settings. One visit for both: a visit is a thread, and on a busy machine a thread waits
   * its turn.
   */
  public NetlinkSocket openRoute(Work inside) throws IOException {
    return NetworkNamespace.call(
        namespace,
        () -> {
          inside.run();
          return NetlinkSocket.open(NetlinkProtocol.ROUTE);
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
