package org.jcontainerd.daemon.cri.container;

import org.jcontainerd.api.cri.v1.CreateContainerRequest;
import org.jcontainerd.api.cri.v1.CreateContainerResponse;
import org.jcontainerd.daemon.container.CreateContainer;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** Makes a container; the pod's own record is used, not the copy of it in the request. */
public record CreateContainerRpc(Registry<Sandbox> sandboxes, CreateContainer create)
    implements Rpc<CreateContainerRequest, CreateContainerResponse> {
  @Override
  public CreateContainerResponse call(CreateContainerRequest request) throws Exception {
    Sandbox sandbox = sandboxes.require(request.getPodSandboxId());
    var container = create.create(sandbox, request.getConfig());
    return CreateContainerResponse.newBuilder().setContainerId(container.id()).build();
  }
}
