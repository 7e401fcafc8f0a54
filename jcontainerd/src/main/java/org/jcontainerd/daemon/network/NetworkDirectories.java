package org.jcontainerd.daemon.network;

import java.nio.file.Path;
import java.util.List;

/**
 * Where things are.
 *
 * @param conf network configuration, {@code /etc/cni/net.d}
 * @param bin plugins, searched in order, {@code /opt/cni/bin}
 * @param cache records of attachments go to {@code results} below it, {@code /var/lib/cni}
 */
public record NetworkDirectories(Path conf, List<Path> bin, Path cache) {
  public NetworkDirectories {
    bin = List.copyOf(bin);
  }
}
