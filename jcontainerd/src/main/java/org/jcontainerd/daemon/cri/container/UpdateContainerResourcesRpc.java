package org.jcontainerd.daemon.cri.container;

import org.jcontainerd.api.cri.v1.UpdateContainerResourcesRequest;
import org.jcontainerd.api.cri.v1.UpdateContainerResourcesResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.UpdateResources;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;

/** Changes the limits of a container; fields that are not set stay. */
public record UpdateContainerResourcesRpc(Registry<Container> containers, UpdateResources update)
    implements Rpc<UpdateContainerResourcesRequest, UpdateContainerResourcesResponse> {
  @Override
  public UpdateContainerResourcesResponse call(UpdateContainerResourcesRequest request)
      throws Exception {
    update.update(containers.require(request.getContainerId()).id(), request.getLinux());
    return UpdateContainerResourcesResponse.getDefaultInstance();
  }
}
