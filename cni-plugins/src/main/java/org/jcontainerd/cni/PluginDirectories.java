package org.jcontainerd.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.jcontainerd.oci.cni.CniError;

/**
 * Finds plugins by their type in {@code CNI_PATH}. A directory with the file {@value #MARKER} holds
 * the launchers of this project; such a plugin is called in this process, with the same answers.
 * Programs run as root, so one that somebody else could have changed is refused.
 */
public final class PluginDirectories {
  /** Marks a directory of our launchers. */
  public static final String MARKER = ".jcontainerd-cni";

  private PluginDirectories() {}

  /**
   * Finds a plugin.
   *
   * @param type a bare file name: anything else is refused (CVE-2021-20206)
   * @param directories searched in order
   */
  public static CniCall find(String type, List<Path> directories) throws CniFailure {
    if (!type.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw CniFailure.config("plugin type '" + type + "': must be a bare file name");
    }
    for (Path directory : directories) {
      Path program = directory.resolve(type);
      if (!Files.isRegularFile(program)) {
        continue;
      }
      if (CniPlugins.has(type) && Files.exists(directory.resolve(MARKER))) {
        return request -> CniPlugins.call(type, request);
      }
      try {
        requireTrusted(program.toRealPath());
      } catch (IOException e) {
        throw CniFailure.io("plugin '" + program + "'", e);
      }
      return new PluginProgram(program);
    }
    throw CniFailure.of(
        CniError.INTERNAL, "plugin '%s': not found in %s".formatted(type, directories));
  }

  private static void requireTrusted(Path program) throws IOException, CniFailure {
    var attributes = Files.readAttributes(program, PosixFileAttributes.class);
    if (!attributes.isRegularFile() || !Files.isExecutable(program)) {
      throw new NoSuchFileException(program.toString(), null, "not an executable file");
    }
    Object owner = Files.getAttribute(program, "unix:uid");
    var permissions = attributes.permissions();
    if (!owner.equals(0)
        || permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw CniFailure.of(
          CniError.INTERNAL,
          "plugin '%s': must belong to root and be writable by root alone".formatted(program));
    }
  }
}
