package org.jcontainerd.daemon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A configuration as the file that would give it; every key with its meaning. */
public final class ConfigText {
  @SuppressWarnings("InlineFormatString") // inline it would be a method of 80 lines
  private static final String TEMPLATE =
      """
      # what must survive a reboot: images, snapshots, metadata
      root = %s
      # what must not: bundles, sockets, pinned network namespaces
      state = %s
      # the CRI socket
      address = %s
      # trace, debug, info, warn or error
      log_level = %s

      [cgroup]
      driver = "cgroupfs"
      root = %s
      # parent of pods that name none
      parent = %s

      [runtime]
      shim = %s
      # the static program that holds a pod's namespaces
      helper = %s
      # accepted as CRI runtime handler; the first is the default
      handlers = %s
      start_timeout_millis = %d

      [shim]
      # 0: one shim for all pods
      pods_per_shim = 0

      [cni]
      conf_dir = %s
      bin_dirs = %s
      cache_dir = %s

      [images]
      # <host>/hosts.toml below it
      registry_config = %s
      # overlayfs or native
      snapshotter = %s
      max_concurrent_downloads = %d

      [streaming]
      address = %s
      # 0: any free port
      port = %d

      [containers]
      # longer log lines are split
      max_log_line_bytes = %d
      unprivileged_ports = %b
      unprivileged_icmp = %b
      # where relative Localhost profiles are
      seccomp_profiles = %s
      """;

  private ConfigText() {}

  /** TOML that {@link ConfigReader} reads back to an equal configuration. */
  public static String of(Config c) {
    return TEMPLATE.formatted(
        quote(c.root()),
        quote(c.state()),
        quote(c.address()),
        quote(c.logLevel().name().toLowerCase(Locale.ROOT)),
        quote(c.cgroup().root()),
        quote(c.cgroup().parent()),
        quote(c.runtime().shim()),
        quote(c.runtime().helper()),
        list(c.runtime().handlers()),
        c.runtime().startTimeout().toMillis(),
        quote(c.cni().confDir()),
        list(c.cni().binDirs().stream().map(Path::toString).toList()),
        quote(c.cni().cacheDir()),
        quote(c.images().registryConfig()),
        quote(c.images().snapshotter()),
        c.images().maxConcurrentDownloads(),
        quote(c.streaming().address().getHostAddress()),
        c.streaming().port(),
        c.containers().maxLogLineBytes(),
        c.containers().unprivilegedPorts(),
        c.containers().unprivilegedIcmp(),
        quote(c.containers().seccompProfiles()));
  }

  private static String list(List<String> values) {
    return values.stream().map(ConfigText::quote).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quote(Object value) {
    return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
