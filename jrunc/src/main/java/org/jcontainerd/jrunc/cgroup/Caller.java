package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * Who runs the runtime, as far as cgroups are concerned. Immutable.
 *
 * @param uid effective user id, as seen in the runtime's own user namespace
 * @param ownUserNamespace whether it is in another user namespace than the first
 */
public record Caller(int uid, boolean ownUserNamespace) {
  private static final Path PROC = Path.of("/proc/self");

  public static Caller current() {
    try {
      return new Caller(
          (int) Files.getAttribute(PROC, "unix:uid"),
          ownUserNamespace(KernelFile.read(PROC.resolve("uid_map"))));
    } catch (LinuxException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException("look at " + PROC, e);
    }
  }

  /** The first user namespace maps every id to itself. */
  static boolean ownUserNamespace(String uidMap) {
    return !uidMap.strip().matches("0\\s+0\\s+4294967295");
  }

  /** Whether it has none of the rights of the host's root. */
  public boolean isOrdinary() {
    return uid != 0 || ownUserNamespace;
  }
}
