package org.jcontainerd.jrunc;

import java.nio.file.Path;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.FileStat;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * Who runs the runtime.
 *
 * @param uid effective user id, as seen in the runtime's own user namespace
 * @param gid effective group id, likewise
 * @param inUserNamespace whether it is not in the first user namespace, so that its capabilities
 *     are good for what belongs to its own alone
 */
public record Caller(int uid, int gid, boolean inUserNamespace) {
  /** Root of the host. */
  public static final Caller ROOT = new Caller(0, 0, false);

  private static final Path SELF = Path.of("/proc/self");

  /** Of this process: the owner of {@code /proc/self} (proc(5)) and its user namespace. */
  public static Caller current() throws LinuxException {
    try (Fd self = HostFile.directory(SELF)) {
      FileStat stat = FileStat.of(self);
      return new Caller(stat.uid(), stat.gid(), !isWhole(KernelFile.read(SELF.resolve("uid_map"))));
    }
  }

  /** Whether a map is that of the first user namespace: every id is itself. */
  static boolean isWhole(String map) {
    String[] words = map.strip().split("\\s+");
    return words.length == 3
        && words[0].equals("0")
        && words[1].equals("0")
        && words[2].equals("4294967295");
  }

  /** Whether it has none of the rights of the host's root. */
  public boolean isOrdinary() {
    return uid != 0 || inUserNamespace;
  }
}
