package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where to look for the content of each registry, from {@code certs.d/(host)/hosts.toml} in
 * containerd's format. Immutable; files are read at every pull, so a change needs no restart.
 */
public final class RegistryHosts {
  private final Optional<Path> directory;

  private RegistryHosts(Optional<Path> directory) {
    this.directory = directory;
  }

  /** From a directory as {@code /etc/jcontainerd/certs.d}; it need not exist. */
  public static RegistryHosts in(Path directory) {
    return new RegistryHosts(Optional.of(directory));
  }

  /** Every registry is where its name says. */
  public static RegistryHosts none() {
    return new RegistryHosts(Optional.empty());
  }

  /**
   * The endpoints of a registry, in the order to try them.
   *
   * @throws IOException if a file cannot be read or is malformed; its name is in the message
   */
  public List<RegistryEndpoint> of(String registry) throws IOException {
    var found = directory.flatMap(root -> hostDirectory(root, registry));
    if (found.isEmpty()) {
      return List.of(RegistryEndpoint.ofRegistry(registry));
    }
    return HostsFile.read(found.get(), registry);
  }

  /** {@code host:port}, containerd's {@code host_port_}, else {@code _default}. */
  private static Optional<Path> hostDirectory(Path root, String registry) {
    int colon = registry.lastIndexOf(':');
    boolean hasPort = colon > registry.lastIndexOf(']');
    var underscored =
        hasPort
            ? registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_"
            : registry;
    return List.of(registry, underscored, "_default").stream()
        .map(root::resolve)
        .filter(Files::isDirectory)
        .findFirst();
  }
}
