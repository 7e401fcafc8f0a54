package org.jcontainerd.daemon.spec;

import java.nio.file.Path;

/**
 * Where a pod's files are on the host.
 *
 * @param shm directory with the pod's /dev/shm; the host's own where the pod has the host's ipc
 */
public record PodFiles(Path hosts, Path hostname, Path resolvConf, Path shm) {
  /** The files of a pod in {@code directory}. */
  public static PodFiles in(Path directory, boolean hostIpc) {
    return new PodFiles(
        directory.resolve("hosts"),
        directory.resolve("hostname"),
        directory.resolve("resolv.conf"),
        hostIpc ? Path.of("/dev/shm") : directory.resolve("shm"));
  }
}
