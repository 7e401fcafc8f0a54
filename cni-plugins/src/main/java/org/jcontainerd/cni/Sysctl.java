package org.jcontainerd.cni;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * Kernel settings under {@code /proc/sys/net}, which are those of the calling thread's network
 * namespace.
 */
public final class Sysctl {
  private static final Path NET = Path.of("/proc/sys/net");

  private Sysctl() {}

  /** Writes a setting unless it has the value; does nothing if the kernel has none such. */
  public static void set(String name, String value) throws LinuxException {
    Path file = NET.resolve(name);
    Optional<String> now = KernelFile.readIfPresent(file); // absent: a kernel without IPv6
    if (now.isPresent() && !now.get().trim().equals(value)) {
      KernelFile.write(file, value);
    }
  }
}
