package org.jcontainerd.daemon.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The daemon's configuration: what the file and the command line say, with every default filled in.
 * Immutable. Every directory can be moved, so that several daemons run side by side.
 *
 * @param root what must survive a reboot: images, snapshots, metadata
 * @param state what must not: bundles, sockets, pinned network namespaces
 * @param address the CRI socket
 */
public record Config(
    Path root,
    Path state,
    Path address,
    LogLevel logLevel,
    Cgroup cgroup,
    Runtimes runtime,
    Cni cni,
    Images images,
    Streaming streaming,
    Containers containers) {

  /** Least severe level that is logged. */
  public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /**
   * Control groups.
   *
   * @param root where the controllers are mounted
   * @param parent parent of pods that name none; also the prefix under which recovery may remove
   */
  public record Cgroup(Path root, String parent) {}

  /**
   * The shim and what it starts.
   *
   * @param shim program that the daemon starts with the verb {@code serve} where no shim answers
   * @param helper the static program that holds a pod's namespaces; copied to {@code <root>/pause}
   * @param handlers names accepted as CRI runtime handler; the first is the default
   * @param startTimeout how long the shim may take to come up
   */
  public record Runtimes(Path shim, Path helper, List<String> handlers, Duration startTimeout) {
    public Runtimes {
      handlers = List.copyOf(handlers);
    }
  }

  /** The network plugins: the first configuration (by name) of {@code confDir} is used. */
  public record Cni(Path confDir, List<Path> binDirs, Path cacheDir) {
    public Cni {
      binDirs = List.copyOf(binDirs);
    }
  }

  /**
   * Images.
   *
   * @param registryConfig directory of {@code <host>/hosts.toml}
   * @param snapshotter {@code overlayfs} or {@code native}
   * @param maxConcurrentDownloads layers of one image at once
   */
  public record Images(Path registryConfig, String snapshotter, int maxConcurrentDownloads) {}

  /** The server behind the URLs of Exec, Attach and PortForward. Port 0 takes any free one. */
  public record Streaming(InetAddress address, int port) {}

  /**
   * What containers get unless CRI says otherwise.
   *
   * @param maxLogLineBytes longer lines are split, tag P
   * @param unprivilegedPorts any user of a pod may bind ports below 1024
   * @param unprivilegedIcmp any user of a pod may send ICMP echo
   * @param seccompProfiles directory of relative Localhost profiles
   */
  public record Containers(
      int maxLogLineBytes,
      boolean unprivilegedPorts,
      boolean unprivilegedIcmp,
      Path seccompProfiles) {}
}
