package org.jcontainerd.jrunc.operation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.ContainerPath;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.fs.RootDir;
import org.jcontainerd.oci.runtime.ProcessSpec;

/** The home directory that a process gets as HOME if its configuration names none, as in runc. */
final class HomeDirectory {
  /**
   * Of the container's passwd file at most so much is read: the image may hold anything
   * (CVE-2026-47262).
   */
  private static final int MOST_BYTES = 1 << 20;

  private HomeDirectory() {}

  /** Looks the user up in the root's passwd file, unless the environment has HOME. */
  static Optional<String> of(ProcessSpec process, Path root) throws LinuxException {
    if (process.env().stream().anyMatch(e -> e.startsWith("HOME=") && e.length() > 5)) {
      return Optional.empty();
    }
    String uid = Long.toString(process.user().uid());
    String home =
        passwd(root)
            .lines()
            .map(line -> line.split(":", -1))
            .filter(fields -> fields.length >= 6 && fields[2].equals(uid))
            .map(fields -> fields[5])
            .findFirst()
            .orElse("");
    boolean usable = !home.isEmpty() && home.indexOf('\0') < 0;
    return Optional.of(usable ? home : uid.equals("0") ? "/root" : "/");
  }

  private static String passwd(Path root) throws LinuxException {
    try (RootDir dir = RootDir.open(root);
        Fd file = dir.open(ContainerPath.of("/etc/passwd"), OpenFlag.NON_BLOCKING)) {
      var text = new ByteArrayOutputStream();
      var chunk = ByteBuffer.allocate(8192);
      while (text.size() < MOST_BYTES && file.read(chunk.clear()) > 0) {
        text.write(chunk.array(), 0, chunk.position());
      }
      return text.toString(StandardCharsets.UTF_8);
    } catch (LinuxException e) {
      // No such file, or something that cannot be read as one: the user has no entry.
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EISDIR, Errno.EACCES, Errno.ENXIO)) {
        return "";
      }
      throw e;
    }
  }
}
