package org.jcontainerd.jrunc;

import java.util.Optional;

/**
 * What a container is saved with.
 *
 * @param parent directory of the pre-dump that this one continues, relative to the images
 * @param pageServer where the memory is sent instead of into the images
 * @param leaveRunning do not end the container
 * @param preDump save only memory, to make the dump that follows short; the container runs on
 * @param statusFd descriptor that gets a zero byte when lazy pages can be asked for
 */
public record CheckpointRequest(
    String id,
    CriuSettings criu,
    Optional<String> parent,
    Optional<PageServer> pageServer,
    boolean leaveRunning,
    boolean preDump,
    Optional<Integer> statusFd) {

  /** A {@code criu page-server}. */
  public record PageServer(String address, int port) {}
}
