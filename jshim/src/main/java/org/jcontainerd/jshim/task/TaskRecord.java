package org.jcontainerd.jshim.task;

import java.io.IOException;
import java.util.Optional;

/**
 * What a later shim has to know of a task and cannot learn from its keeper: the file {@code
 * shim.json} of the bundle. Immutable.
 *
 * @param version {@link #VERSION}
 * @param runtimeRoot state directory of the OCI runtime
 * @param rootfsMounted whether the shim mounted the root, and so has to unmount it
 * @param startedByCreate whether Create starts the process as well
 * @param cri how a CRI container is logged; absent: by {@code stdio}
 */
public record TaskRecord(
    int version,
    String namespace,
    String id,
    String runtimeRoot,
    boolean rootfsMounted,
    boolean startedByCreate,
    StdioFields stdio,
    Optional<Cri> cri) {
  public static final int VERSION = 1;

  /** As {@code CriIo} of shim.proto. */
  public record Cri(String logPath, int maxLineBytes, boolean stdin, boolean stdinOnce) {}

  /**
   * @throws IOException if a shim of another version wrote this
   */
  TaskRecord checked() throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "record of task '" + id + "' has version " + version + ", not " + VERSION);
    }
    return this;
  }
}
