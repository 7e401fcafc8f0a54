package org.jcontainerd.jshim.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a shim has its files (docs/contracts.md, "Shim"). Immutable.
 *
 * @param state the state directory
 * @param namespace whose containers it serves
 * @param address the daemon's socket, which together with the namespace tells shims apart
 */
public record ShimPaths(Path state, String namespace, String address) {
  public static final Path DEFAULT_STATE = Path.of("/run/jcontainerd");
  private static final String TASKS = "io.containerd.runtime.v2.task";
  private static final int HASH_DIGITS = 16;

  public Path socketDirectory() {
    return state.resolve("s");
  }

  public Path socket() {
    return socketDirectory().resolve(name() + ".sock");
  }

  /** The socket for raw bytes. */
  public Path streamSocket() {
    return socketDirectory().resolve(name() + ".streams");
  }

  /** Locked by the living shim; holds its pid. */
  public Path pidFile() {
    return socketDirectory().resolve(name() + ".pid");
  }

  /** The bundles. */
  public Path tasks() {
    return state.resolve(TASKS).resolve(namespace);
  }

  /** Locked as well: shims of two addresses must not adopt the same bundles. */
  public Path tasksLock() {
    return socketDirectory().resolve("jshim-" + namespace + ".lock");
  }

  public Path log() {
    return state.resolve("jshim.log");
  }

  private String name() {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest((address + "\0" + namespace).getBytes(StandardCharsets.UTF_8));
      return "jshim-" + HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
