package org.jcontainerd.daemon.cri.container;

import org.jcontainerd.api.cri.v1.ContainerStatusRequest;
import org.jcontainerd.api.cri.v1.ContainerStatusResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.trace.Timelines;

/** Answered from memory; a removed container is NOT_FOUND, which kubelet takes as gone. */
public record ContainerStatusRpc(Registry<Container> containers, Timelines timelines)
    implements Rpc<ContainerStatusRequest, ContainerStatusResponse> {
  @Override
  public ContainerStatusResponse call(ContainerStatusRequest request) {
    Container container = containers.require(request.getContainerId());
    var response = ContainerStatusResponse.newBuilder().setStatus(ContainerView.status(container));
    if (request.getVerbose()) {
      response.putInfo("info", ContainerInfo.json(container));
      response.putInfo("timeline", timelines.json(container.id()));
    }
    return response.build();
  }
}
