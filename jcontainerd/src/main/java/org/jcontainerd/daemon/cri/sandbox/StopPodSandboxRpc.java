package org.jcontainerd.daemon.cri.sandbox;

import java.util.Optional;
import org.jcontainerd.api.cri.v1.StopPodSandboxRequest;
import org.jcontainerd.api.cri.v1.StopPodSandboxResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.pod.StopSandbox;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** Stops a pod; one that is not there is stopped (CRI: must not return an error then). */
public record StopPodSandboxRpc(Registry<Sandbox> sandboxes, StopSandbox stop)
    implements Rpc<StopPodSandboxRequest, StopPodSandboxResponse> {
  @Override
  public StopPodSandboxResponse call(StopPodSandboxRequest request) throws Exception {
    Optional<Sandbox> sandbox = sandboxes.findByPrefix(request.getPodSandboxId());
    if (sandbox.isPresent()) {
      stop.stop(sandbox.get().id());
    }
    return StopPodSandboxResponse.getDefaultInstance();
  }
}
