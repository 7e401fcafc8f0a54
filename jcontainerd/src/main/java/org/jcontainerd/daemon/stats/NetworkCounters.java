package org.jcontainerd.daemon.stats;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.NetworkInterfaceUsage;
import org.jcontainerd.api.cri.v1.NetworkUsage;
import org.jcontainerd.api.cri.v1.UInt64Value;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/** Bytes and errors of a pod's interfaces: {@code /proc/PID/net/dev} shows those of its netns. */
final class NetworkCounters {
  private static final String DEFAULT = "eth0";
  private static final int FIELDS = 16;

  private NetworkCounters() {}

  /** Empty if the process is gone. */
  static Optional<NetworkUsage> read(long pid, long now) {
    try {
      return Optional.of(
          parse(KernelFile.read(Path.of("/proc", Long.toString(pid), "net/dev")), now));
    } catch (LinuxException e) {
      return Optional.empty(); // ENOENT, ESRCH: the pod ended in this moment
    }
  }

  static NetworkUsage parse(String text, long now) {
    List<NetworkInterfaceUsage> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      String[] f = colon < 0 ? new String[0] : line.substring(colon + 1).strip().split(" +");
      String name = colon < 0 ? "" : line.substring(0, colon).strip();
      if (f.length >= FIELDS && !name.equals("lo")) {
        found.add(
            NetworkInterfaceUsage.newBuilder()
                .setName(name)
                .setRxBytes(value(f[0]))
                .setRxErrors(value(f[2]))
                .setTxBytes(value(f[8]))
                .setTxErrors(value(f[10]))
                .build());
      }
    }
    var usage = NetworkUsage.newBuilder().setTimestamp(now).addAllInterfaces(found);
    found.stream().filter(i -> i.getName().equals(DEFAULT)).forEach(usage::setDefaultInterface);
    return usage.build();
  }

  private static UInt64Value value(String text) {
    return UInt64Value.newBuilder().setValue(Long.parseUnsignedLong(text)).build();
  }
}
