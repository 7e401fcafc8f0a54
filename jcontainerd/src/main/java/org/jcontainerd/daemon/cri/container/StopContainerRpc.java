package org.jcontainerd.daemon.cri.container;

import java.time.Duration;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.StopContainerRequest;
import org.jcontainerd.api.cri.v1.StopContainerResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.StopContainer;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;

/** Stops a container; one that is not there, or does not run, is stopped (CRI: idempotent). */
public record StopContainerRpc(Registry<Container> containers, StopContainer stop)
    implements Rpc<StopContainerRequest, StopContainerResponse> {
  @Override
  public StopContainerResponse call(StopContainerRequest request) throws Exception {
    Optional<Container> container = containers.findByPrefix(request.getContainerId());
    if (container.isPresent()) {
      stop.stop(container.get().id(), Duration.ofSeconds(Math.max(0, request.getTimeout())));
    }
    return StopContainerResponse.getDefaultInstance();
  }
}
