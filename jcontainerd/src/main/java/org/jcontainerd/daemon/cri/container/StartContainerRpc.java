package org.jcontainerd.daemon.cri.container;

import org.jcontainerd.api.cri.v1.StartContainerRequest;
import org.jcontainerd.api.cri.v1.StartContainerResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.StartContainer;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;

/** Starts a container that was created. */
public record StartContainerRpc(Registry<Container> containers, StartContainer start)
    implements Rpc<StartContainerRequest, StartContainerResponse> {
  @Override
  public StartContainerResponse call(StartContainerRequest request) throws Exception {
    start.start(containers.require(request.getContainerId()).id());
    return StartContainerResponse.getDefaultInstance();
  }
}
