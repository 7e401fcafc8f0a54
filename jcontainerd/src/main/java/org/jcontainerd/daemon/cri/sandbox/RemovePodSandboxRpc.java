package org.jcontainerd.daemon.cri.sandbox;

import java.util.Optional;
import org.jcontainerd.api.cri.v1.RemovePodSandboxRequest;
import org.jcontainerd.api.cri.v1.RemovePodSandboxResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.pod.RemoveSandbox;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** Removes a pod with its containers; one that is not there is removed. */
public record RemovePodSandboxRpc(Registry<Sandbox> sandboxes, RemoveSandbox remove)
    implements Rpc<RemovePodSandboxRequest, RemovePodSandboxResponse> {
  @Override
  public RemovePodSandboxResponse call(RemovePodSandboxRequest request) throws Exception {
    Optional<Sandbox> sandbox = sandboxes.findByPrefix(request.getPodSandboxId());
    if (sandbox.isPresent()) {
      remove.remove(sandbox.get().id());
    }
    return RemovePodSandboxResponse.getDefaultInstance();
  }
}
