package org.jcontainerd.daemon.container;

import java.time.Instant;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.LinuxContainerResources;
import org.jcontainerd.api.cri.v1.LinuxContainerUser;
import org.jcontainerd.daemon.record.Identified;

/**
 * A container as the daemon knows it; an immutable snapshot.
 *
 * @param config as the client gave it; echoed
 * @param imageId id of the image (digest of its configuration)
 * @param user the identity that the process got, resolved once
 * @param resources limits as last set by create or update
 * @param stopSignal number of the signal that asks it to end
 * @param logPath absolute; "" if there is no log
 */
public record Container(
    String id,
    String sandboxId,
    ContainerConfig config,
    String imageId,
    LinuxContainerUser user,
    LinuxContainerResources resources,
    int stopSignal,
    String logPath,
    String cgroupPath,
    Instant createdAt,
    ContainerState state)
    implements Identified {

  /** The name that may exist once in a pod: name and attempt. */
  public String name() {
    return nameOf(sandboxId, config);
  }

  /** {@link #name} of a container with {@code config}. */
  public static String nameOf(String sandboxId, ContainerConfig config) {
    var m = config.getMetadata();
    return m.getName() + "_" + m.getAttempt() + "_" + sandboxId;
  }

  /** The running process, if there is one. */
  public Optional<ContainerState.Running> running() {
    return state instanceof ContainerState.Running r ? Optional.of(r) : Optional.empty();
  }

  public Container with(ContainerState next) {
    return new Container(
        id,
        sandboxId,
        config,
        imageId,
        user,
        resources,
        stopSignal,
        logPath,
        cgroupPath,
        createdAt,
        next);
  }

  public Container with(LinuxContainerResources limits) {
    return new Container(
        id,
        sandboxId,
        config,
        imageId,
        user,
        limits,
        stopSignal,
        logPath,
        cgroupPath,
        createdAt,
        state);
  }

  /** The container after {@code event}. */
  public Container after(ContainerState.Event event) {
    return with(state.next(event));
  }
}
