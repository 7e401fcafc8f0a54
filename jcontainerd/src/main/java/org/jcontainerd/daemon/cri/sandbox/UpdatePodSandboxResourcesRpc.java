package org.jcontainerd.daemon.cri.sandbox;

import org.jcontainerd.api.cri.v1.UpdatePodSandboxResourcesRequest;
import org.jcontainerd.api.cri.v1.UpdatePodSandboxResourcesResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/**
 * Told after kubelet has written the pod's cgroup itself. Runtimes that size a virtual machine by
 * it have something to do; a pod of ours is its cgroup, so this only checks that the pod is here.
 */
public record UpdatePodSandboxResourcesRpc(Registry<Sandbox> sandboxes)
    implements Rpc<UpdatePodSandboxResourcesRequest, UpdatePodSandboxResourcesResponse> {
  @Override
  public UpdatePodSandboxResourcesResponse call(UpdatePodSandboxResourcesRequest request) {
    var _ = sandboxes.require(request.getPodSandboxId());
    return UpdatePodSandboxResourcesResponse.getDefaultInstance();
  }
}
