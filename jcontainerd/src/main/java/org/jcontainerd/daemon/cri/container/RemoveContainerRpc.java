package org.jcontainerd.daemon.cri.container;

import java.util.Optional;
import org.jcontainerd.api.cri.v1.RemoveContainerRequest;
import org.jcontainerd.api.cri.v1.RemoveContainerResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.RemoveContainer;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;

/** Removes a container in any state; one that is not there is removed. */
public record RemoveContainerRpc(Registry<Container> containers, RemoveContainer remove)
    implements Rpc<RemoveContainerRequest, RemoveContainerResponse> {
  @Override
  public RemoveContainerResponse call(RemoveContainerRequest request) throws Exception {
    Optional<Container> container = containers.findByPrefix(request.getContainerId());
    if (container.isPresent()) {
      remove.remove(container.get().id());
    }
    return RemoveContainerResponse.getDefaultInstance();
  }
}
