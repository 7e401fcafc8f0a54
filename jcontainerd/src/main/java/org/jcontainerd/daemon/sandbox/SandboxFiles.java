package org.jcontainerd.daemon.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jcontainerd.api.cri.v1.DNSConfig;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.spec.PodFiles;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * A pod's own files: hosts, hostname, resolv.conf, and the directory of its /dev/shm.
 *
 * @param etc where the host's files are, normally {@code /etc}
 */
public record SandboxFiles(Layout layout, PodKernel kernel, Path etc) {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final int MOST_NAMESERVERS = 3; // resolv.conf(5), MAXNS
  private static final int LONGEST_HOSTNAME = 64;

  /** Where they are. */
  public PodFiles of(String sandboxId, PodSandboxConfig config) {
    return PodFiles.in(layout.pod(sandboxId), hostIpc(config));
  }

  /** The pod's name: as configured, else the host's. */
  public static String hostname(PodSandboxConfig config) throws IOException {
    if (config.getHostname().isEmpty() || Sandbox.hostNetwork(config)) {
      return KernelFile.read(HOST_NAME).strip();
    }
    String name = config.getHostname();
    if (name.length() > LONGEST_HOSTNAME || !name.matches("[A-Za-z0-9._-]+")) {
      throw new DaemonFailure.InvalidArgument("hostname '" + name + "': is not a host name");
    }
    return name;
  }

  /** Writes them and mounts shm. {@link #remove} takes back whatever was done. */
  public void create(String sandboxId, PodSandboxConfig config, String hostname)
      throws IOException {
    Path directory = layout.pod(sandboxId);
    Layout.privateDirectory(directory);
    var files = of(sandboxId, config);
    Files.writeString(files.hostname(), hostname + "\n");
    copy(etc.resolve("hosts"), files.hosts());
    if (config.hasDnsConfig() && !config.getDnsConfig().equals(DNSConfig.getDefaultInstance())) {
      Files.writeString(files.resolvConf(), resolvConf(config.getDnsConfig()));
    } else {
      copy(etc.resolve("resolv.conf"), files.resolvConf());
    }
    if (!hostIpc(config)) {
      Files.createDirectory(files.shm());
      kernel.mountShm(files.shm());
    }
  }

  /** Unmounts shm; the files stay while the pod has a record. */
  public void unmount(String sandboxId) throws IOException {
    kernel.unmount(layout.pod(sandboxId).resolve("shm"));
  }

  /** Removes everything; nothing there is success. */
  public void remove(String sandboxId) throws IOException {
    unmount(sandboxId);
    Layout.removeTree(layout.pod(sandboxId));
  }

  static String resolvConf(DNSConfig dns) {
    var text = new StringBuilder();
    if (dns.getSearchesCount() > 0) {
      text.append("search ").append(String.join(" ", dns.getSearchesList())).append('\n');
    }
    if (dns.getServersCount() > MOST_NAMESERVERS) {
      throw new DaemonFailure.InvalidArgument(
          "dns config: " + dns.getServersCount() + " servers, at most " + MOST_NAMESERVERS);
    }
    dns.getServersList().forEach(s -> text.append("nameserver ").append(s).append('\n'));
    if (dns.getOptionsCount() > 0) {
      text.append("options ").append(String.join(" ", dns.getOptionsList())).append('\n');
    }
    return text.toString();
  }

  private static boolean hostIpc(PodSandboxConfig config) {
    return config.getLinux().getSecurityContext().getNamespaceOptions().getIpc()
        == NamespaceMode.NODE;
  }

  private static void copy(Path from, Path to) throws IOException {
    try {
      Files.writeString(to, Files.readString(from));
    } catch (NoSuchFileException e) {
      Files.writeString(to, ""); // a host without the file: the pod gets an empty one
    }
  }
}
