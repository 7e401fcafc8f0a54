package org.jcontainerd.jrunc.plan;

/**
 * Steps of the helper after the clone. The process waits for all of them at {@link
 * ProcessStep.Await}.
 */
public sealed interface KeeperStep extends Step {

  /**
   * Writes the id maps of the new user namespace.
   *
   * @param uidMap lines for /proc/PID/uid_map
   * @param gidMap lines for /proc/PID/gid_map
   * @param denySetgroups writes {@code deny} to /proc/PID/setgroups first
   */
  record IdMaps(String uidMap, String gidMap, boolean denySetgroups) implements KeeperStep {}

  /**
   * The helper stays as keeper: binds {@code keeper.sock} in the directory, writes {@code pid}.
   *
   * @param directory an open directory of this process
   */
  record Keep(Slot directory) implements KeeperStep {}

  /**
   * The helper ends, without reaping, as soon as the process waits at {@link ProcessStep.WaitFifo}
   * or runs its program: the process becomes the caller's (or the nearest subreaper's) child.
   * Without this and without {@link Keep} the helper answers the exit to its starter, and ends when
   * the starter closes the socket.
   */
  record Detach() implements KeeperStep {}
}
