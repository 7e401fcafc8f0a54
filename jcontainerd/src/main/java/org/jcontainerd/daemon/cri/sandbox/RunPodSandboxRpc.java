package org.jcontainerd.daemon.cri.sandbox;

import org.jcontainerd.api.cri.v1.RunPodSandboxRequest;
import org.jcontainerd.api.cri.v1.RunPodSandboxResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.sandbox.RunSandbox;

/** Makes a pod; it is Ready when this answers. */
public record RunPodSandboxRpc(RunSandbox run)
    implements Rpc<RunPodSandboxRequest, RunPodSandboxResponse> {
  @Override
  public RunPodSandboxResponse call(RunPodSandboxRequest request) throws Exception {
    var sandbox = run.run(request.getConfig(), request.getRuntimeHandler());
    return RunPodSandboxResponse.newBuilder().setPodSandboxId(sandbox.id()).build();
  }
}
